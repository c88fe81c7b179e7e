"""Sessions of browsers and tokens of programs: begun, recognised, confirmed and ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api.people.credentials import (
    hashed,
    is_session,
    is_token,
    new_secret,
    new_session_id,
    new_token,
)
from coach.engine.store import users
from coach.engine.store.people import sessions, tokens
from coach.errors import NotFound
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret
from coach.model.people.access import (
    LONGEST,
    SESSION,
    TOKEN,
    AccessScope,
    ApiToken,
    CredentialId,
    SignedInUser,
    SignInMethod,
    UserSession,
    check_label,
    check_token_days,
)

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session or a token was last used."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun, and the secret that its browser keeps."""

    session: UserSession
    secret: Secret


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made, and its text, which nobody sees again."""

    token: ApiToken
    secret: Secret


def begin(place: "SignInPlace", user_id: UserId, method: SignInMethod, origin: str) -> NewSession:
    """Begin a session of a user who has proved who they are."""
    now, secret = place.clock(), new_secret()
    made = UserSession(new_session_id(), user_id, method, origin, now, now, now + LONGEST, now)
    with place.change(user_id) as audited:
        sessions.forget_over(place.connection, user_id, now)
        sessions.add(place.connection, made, hashed(secret))
        audited.append(AuditEntry("session.started", made.id, {"method": method, "by": origin}))
    return NewSession(made, secret)


def recognise(place: "SignInPlace", secret: Secret) -> SignedInUser | None:
    """Return whose session a cookie is of; None where it is over, or never was."""
    if not is_session(secret.reveal()):
        return None
    now = place.clock()
    found = sessions.find(place.connection, hashed(secret), now)
    if found is None:
        return None
    if now - found.seen_at >= NOTED_EVERY:
        sessions.see(place.connection, found, now)
    name = users.name_of(place.connection, found.user_id)
    credential = CredentialId(f"{SESSION}{found.id}")
    return SignedInUser(found.user_id, name, credential, "admin", found.confirmed_at)


def recognise_token(place: "SignInPlace", secret: Secret) -> SignedInUser | None:
    """Return whose token a text is; None where it is revoked or over, or never was."""
    if not is_token(secret.reveal()):
        return None
    now = place.clock()
    found = tokens.find(place.connection, hashed(secret), now)
    if found is None:
        return None
    if found.used_at is None or now - found.used_at >= NOTED_EVERY:
        tokens.see(place.connection, found, now)
    name = users.name_of(place.connection, found.user_id)
    return SignedInUser(found.user_id, name, CredentialId(f"{TOKEN}{found.id}"), found.scope, None)


def confirm_again(place: "SignInPlace", user: SignedInUser) -> Secret | None:
    """Note that a user proved again who they are; return the new secret of their session."""
    secret, now = new_secret(), place.clock()
    session_id = user.credential.removeprefix(SESSION)
    with place.change(user.user_id) as audited:
        if not sessions.confirm(place.connection, user.user_id, session_id, hashed(secret), now):
            return None
        audited.append(AuditEntry("session.confirmed", session_id))
    return secret


def end(place: "SignInPlace", user_id: UserId, session_id: str) -> None:
    """End a session of a user; NotFound where there is none of that id."""
    with place.change(user_id) as audited:
        if not sessions.end(place.connection, user_id, session_id):
            raise NotFound(kind="session", name=session_id)
        audited.append(AuditEntry("session.ended", session_id))


def end_others(place: "SignInPlace", user: SignedInUser) -> int:
    """End all sessions of a user but the one that asks; return how many there were."""
    with place.change(user.user_id) as audited:
        kept = user.credential.removeprefix(SESSION)
        count = sessions.end_others(place.connection, user.user_id, kept)
        if count:
            audited.append(AuditEntry("session.ended", "others", {"count": count}))
    return count


def current(place: "SignInPlace", user_id: UserId) -> list[UserSession]:
    """Return the sessions of a user that are not over, the newest first."""
    return sessions.every(place.connection, user_id, place.clock())


def create_token(
    place: "SignInPlace", user_id: UserId, label: str, scope: AccessScope, days: int
) -> NewToken:
    """Make a token for a program; with 0 days it does not expire. Invalid for an odd label."""
    check_label(label)
    check_token_days(days)
    now = place.clock()
    ends = now + timedelta(days=days) if days else None
    token_id, secret = new_token()
    made = ApiToken(token_id, user_id, label, scope, now, ends, None, None)
    with place.change(user_id) as audited:
        tokens.add(place.connection, made, hashed(secret))
        audited.append(AuditEntry("token.created", token_id, {"label": label, "scope": scope}))
    return NewToken(made, secret)


def tokens_of(place: "SignInPlace", user_id: UserId) -> list[ApiToken]:
    """Return all tokens of a user, the newest first; those that were revoked, too."""
    return tokens.every(place.connection, user_id)


def revoke_token(place: "SignInPlace", user_id: UserId, token_id: str) -> None:
    """Let a token count no more; NotFound where the user has none of that id that counts."""
    with place.change(user_id) as audited:
        if not tokens.revoke(place.connection, user_id, token_id, place.clock()):
            raise NotFound(kind="token", name=token_id, remedy="list_tokens")
        audited.append(AuditEntry("token.revoked", token_id))
