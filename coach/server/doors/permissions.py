"""What whoever asks may ask: by whether they signed in, by a token's scope, by how long ago.

A token never manages an account, whatever its scope, since it cannot prove who holds it.
"""

import re
from typing import TYPE_CHECKING

from coach.model.people.access import CONFIRMED_FOR, TOKEN
from coach.server.doors.identity import TERMINAL
from coach.server.refusals import refusal

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response
    from starlette.types import Scope

    from coach.model.people.access import SignedInUser

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PROTECTED = ("/api/", "/ws/")
OPEN_TO_ALL = frozenset({("POST", "/api/session"), ("POST", "/api/set-up")})
"""What nobody can have signed in for."""
ACCOUNT = re.compile(r"/api/(session|sessions|tokens|password|totp)(/.*)?")
BRINGS_IN = re.compile(r"/api/imports(/sync)?|/api/candles(/fetch)?")
READS_A_BODY = frozenset({("POST", "/api/rules/dry-run")})
"""What changes nothing, though it takes a body."""
DANGEROUS = (
    ("DELETE", re.compile(r"/api/imports/[^/]+")),
    ("DELETE", re.compile(r"/api/accounts/.+")),
    ("POST", re.compile(r"/api/connect/.+")),
    ("POST", re.compile(r"/api/accounts/.+/disconnect")),
    ("POST", re.compile(r"/api/channels")),
    ("DELETE", re.compile(r"/api/channels/[^/]+")),
    ("POST", re.compile(r"/api/backups(/.+)?")),
)
"""What destroys, lets coach read more, or sends more away: a session must be confirmed for it."""
UNAUTHENTICATED, FORBIDDEN = 401, 403
MINUTES = int(CONFIRMED_FOR.total_seconds() // 60)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="coach"'}
HOW_TO_SIGN_IN = "sign in at /sign-in, or send Authorization: Bearer TOKEN (coach token create)"
HOW_TO_CONFIRM = "POST /api/session/confirmation with your password, or confirm on /account"


def why_not(scope: "Scope", user: "SignedInUser | None", now: "datetime") -> "Response | None":
    """Return why a request is refused, None where it is not."""
    method, path = scope.get("method", "GET"), scope["path"]
    if user is TERMINAL or not path.startswith(PROTECTED) or (method, path) in OPEN_TO_ALL:
        return None
    if user is None:
        return not_signed_in()
    if user.credential.startswith(TOKEN):
        return _beyond_token(method, path, user)
    if _is_dangerous(method, path) and not user.is_confirmed(now):
        return not_confirmed()
    return None


def not_signed_in() -> "Response":
    """Return that nobody is known by this request."""
    what = "this takes somebody who signed in"
    return refusal(UNAUTHENTICATED, "E_SIGN_IN", what, HOW_TO_SIGN_IN, CHALLENGE)


def not_confirmed() -> "Response":
    """Return that whoever asks has to prove once more who they are."""
    what = f"this takes a password that was given within {MINUTES} minutes (limit)"
    return refusal(FORBIDDEN, "E_CONFIRM", what, HOW_TO_CONFIRM)


def _is_dangerous(method: str, path: str) -> bool:
    return any(method == one and pattern.fullmatch(path) for one, pattern in DANGEROUS)


def _beyond_token(method: str, path: str, user: "SignedInUser") -> "Response | None":
    if ACCOUNT.fullmatch(path):
        return refusal(FORBIDDEN, "E_SCOPE", "a token manages no account", "sign in at /sign-in")
    if user.scope == "admin" or method in SAFE or (method, path) in READS_A_BODY:
        return None
    if user.scope == "import" and method == "POST" and BRINGS_IN.fullmatch(path):
        return None
    what = f"the scope of this token is {user.scope}, which does not reach that far"
    return refusal(FORBIDDEN, "E_SCOPE", what, "coach token create --scope import|admin makes one")
