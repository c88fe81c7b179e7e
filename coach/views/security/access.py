"""How a token of a program and a session of a browser look."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.people.sessions import NewToken
    from coach.model.people.access import ApiToken, UserSession

TOKENS = (
    Column("id", "token"),
    Column("label", "for"),
    Column("scope", "may"),
    Column("created_at", "since", "date"),
    Column("expires_at", "until", "date"),
    Column("used_at", "used", "time"),
    Column("revoked_at", "revoked", "time"),
)


class TokenRow(TypedDict):
    """A token by its id, which lets nobody in; `expires_at` is null where it counts for ever."""

    id: str
    label: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class NewTokenRow(TokenRow):
    """A token that was just made; `token` is shown this once."""

    token: str


class SessionRow(TypedDict):
    """A session of a browser; `confirmed_at` is when its user last gave a password."""

    id: str
    method: str
    origin: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime


def token(one: "ApiToken") -> TokenRow:
    """Return a token without what lets somebody in."""
    return {
        "id": one.id,
        "label": one.label,
        "scope": one.scope,
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "used_at": one.used_at,
        "revoked_at": one.revoked_at,
    }


def new_token(made: "NewToken") -> NewTokenRow:
    """Return a token with its text."""
    return {**token(made.token), "token": made.secret.reveal()}


def session(one: "UserSession") -> SessionRow:
    """Return a session without what lets somebody in."""
    return {
        "id": one.id,
        "method": one.methods,
        "origin": one.origin,
        "created_at": one.created_at,
        "seen_at": one.seen_at,
        "expires_at": one.expires_at,
        "confirmed_at": one.confirmed_at,
    }
