"""Signing in by a password, and by a second factor where the user has one.

What is wrong is never told apart: not an unknown name, a user who may sign in no more, a wrong
password or a wrong code.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.people import second_factor, sessions
from coach.engine.api.people.sessions import NewSession
from coach.engine.store.people import passwords
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret
from coach.model.people.access import SignedInUser, SignInMethod

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.engine.store.people.passwords import StoredPassword


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What somebody claims: a name, a password and perhaps a code; `origin` says from where."""

    name: str
    password: Secret
    code: Secret
    origin: str


def sign_in(place: "SignInPlace", request: SignInRequest) -> NewSession | None:
    """Begin a session, or return None and audit that somebody tried."""
    found = passwords.of_user_named(place.connection, request.name)
    method = _proven(place, found, request)
    if found is None or method is None:
        return None
    if place.hashing.is_outdated(found.hash):
        anew = place.hashing.hash(request.password)
        passwords.replace_hash(place.connection, found.user_id, found.hash, anew)
    return sessions.begin(place, found.user_id, method, request.origin)


def confirm(place: "SignInPlace", user: SignedInUser, request: SignInRequest) -> Secret | None:
    """Let the user of a session prove again who they are; return the session's new secret."""
    found = passwords.of_user_named(place.connection, user.name)
    if found is None or found.user_id != user.user_id:
        return None
    if _proven(place, found, request) is None:
        return None
    return sessions.confirm_again(place, user)


def _proven(
    place: "SignInPlace", found: "StoredPassword | None", request: SignInRequest
) -> SignInMethod | None:
    """Return how somebody proved to be this user; the hash is computed in any case."""
    matches = place.hashing.matches(found.hash if found else None, request.password)
    if found is None:
        return None
    method = None
    if matches and not found.disabled:
        method = _second(place, found, request.code)
    if method is None:
        place.audit(
            found.user_id, [AuditEntry("session.refused", found.name, {"by": request.origin})]
        )
    return method


def _second(place: "SignInPlace", found: "StoredPassword", code: Secret) -> SignInMethod | None:
    if not second_factor.is_asked_of(place, found.user_id):
        return "password"
    return second_factor.check(place, found.user_id, code.reveal())
