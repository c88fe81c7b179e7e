"""Security events: a line of the log that fail2ban can match.

What happened and the address stand first, in this order, for good: `deploy/fail2ban` reads them.
What somebody typed comes after them, as JSON, so nobody writes a line that looks like another's.
"""

from typing import TYPE_CHECKING, Literal

from coach.server.log import LONGEST_PATH, warn

if TYPE_CHECKING:
    from starlette.types import Scope

SecurityEvent = Literal[
    "sign-in failed", "sign-in limited", "set-up failed", "request refused", "certificate refused"
]


def note_security(event: SecurityEvent, address: str, **fields: object) -> None:
    """Write a security event and the address that it came from."""
    warn("security", what=event, address=address, **fields)


def note_refusal(why: str, scope: "Scope") -> None:
    """Write that a request was not heard, and why in a word."""
    address = (scope.get("client") or ("",))[0]
    note_security("request refused", address, why=why, path=scope["path"][:LONGEST_PATH])
