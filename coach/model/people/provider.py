"""A provider of sign-ins (OpenID Connect), and who somebody is there."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from coach.errors import Invalid
from coach.model.machine.secrets import Secret
from coach.values import dataclass

THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2: no `sub` is longer."""

ProviderPurpose = Literal["sign-in", "confirm"]
"""Why somebody is sent to a provider: to sign in, or to prove once more who they are."""


@dataclass(frozen=True, slots=True)
class ProviderWishes:
    """The provider of the settings; an empty `issuer` is none. The secret may be empty."""

    issuer: str
    client_id: str
    client_secret: Callable[[], Secret]


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Who somebody is: the provider's issuer, and the subject that it knows them as for ever."""

    issuer: str
    subject: str


def is_subject(text: object) -> bool:
    """Say whether something may be a subject: up to 255 visible ASCII characters."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= LONGEST_SUBJECT
        and text.isascii()
        and text.isprintable()
        and text == text.strip()
    )


def check_subject(text: str) -> None:
    """Raise Invalid for what no provider calls anybody."""
    if not is_subject(text):
        allowed = f"1 to {LONGEST_SUBJECT} ASCII characters, as the provider writes it"
        raise Invalid("subject", f"not {text[:LONGEST_SUBJECT]!r}", allowed)


def is_safe_url(value: str) -> bool:
    """Say whether nobody on the way can read or change what is sent to an address."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_private = parts.scheme == "https" or (parts.scheme == "http" and host in THIS_MACHINE)
    return bool(host) and is_plain and is_private and value.isascii() and value.isprintable()
