"""Sessions of browsers and tokens of programs: whose they are, how long, and what they may ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType, get_args

from coach.errors import Invalid
from coach.model.accounts import UserId

AccessScope = Literal["read", "import", "admin"]
"""read: what changes nothing, and streams · import: statements as well · admin: all."""
SCOPES: tuple[AccessScope, ...] = get_args(AccessScope)

CredentialId = NewType("CredentialId", str)
"""A session or a token: SESSION or TOKEN, and its id."""
SESSION, TOKEN = "session:", "token:"

SignInMethod = Literal["password", "password+totp", "password+recovery", "oidc", "set-up"]
"""How somebody proved who they are."""

IDLE = timedelta(hours=12)
"""After which a session ends that nobody used."""
LONGEST = timedelta(days=7)
"""After which every session ends."""
CONFIRMED_FOR = timedelta(minutes=10)
"""How long a password counts as just given, for what is dangerous."""
TOKEN_DAYS = 90
LONGEST_TOKEN_DAYS = 3650
LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class UserSession:
    """A session of a browser. `confirmed_at` is when its user last proved who they are."""

    id: str
    user_id: UserId
    methods: str
    origin: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for a program; `expires_at` is None where it does not expire."""

    id: str
    user_id: UserId
    label: str
    scope: AccessScope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Who asks, by which credential, and what that lets them ask.

    `confirmed_at` is when they last proved who they are; None for a token, which cannot.
    """

    user_id: UserId
    name: str
    credential: CredentialId
    scope: AccessScope
    confirmed_at: datetime | None

    def is_confirmed(self, now: datetime) -> bool:
        """Say whether they proved who they are a short while ago."""
        return self.confirmed_at is not None and now - self.confirmed_at < CONFIRMED_FOR


def check_label(label: str) -> None:
    """Raise Invalid for the label of a token that is empty, too long or holds odd characters."""
    if not label.strip() or len(label) > LONGEST_LABEL or not label.isprintable():
        allowed = f"1 to {LONGEST_LABEL} letters, digits and signs that can be seen"
        raise Invalid("label", f"not {label[:LONGEST_LABEL]!r}", allowed)


def scope_named(text: str) -> AccessScope:
    """Return a scope by its name; Invalid for any other."""
    for scope in SCOPES:
        if scope == text:
            return scope
    raise Invalid("scope", f"not {text!r}", f"one of {', '.join(SCOPES)}", example="read")


def check_token_days(days: int) -> None:
    """Raise Invalid for a life of a token that is too short or too long; 0 is without an end."""
    if not 0 <= days <= LONGEST_TOKEN_DAYS:
        allowed = f"1 to {LONGEST_TOKEN_DAYS} days, or 0 for no end"
        raise Invalid("token_days", f"not {days}", allowed)
