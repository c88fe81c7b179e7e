"""Signing in by a password, and by a second factor where the user has one.

What is wrong is never told apart: not an unknown name, a user who may sign in no more, a wrong
password or a wrong code. Nor does it take another time: what is done for any other name is done,
and undone, for one that nobody signs in by.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.people import second_factor, sessions
from coach.engine.api.people.sessions import NewSession
from coach.engine.store import users
from coach.engine.store.people import passwords
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret
from coach.model.people.access import SignedInUser, SignInMethod

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.engine.store.people.passwords import StoredPassword


NOBODY = "nobody"


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
    method = None
    if found is not None and matches and not found.disabled:
        method = _second(place, found, request.code)
    if method is None:
        _audit_refusal(place, found, request)
    return method


def _audit_refusal(
    place: "SignInPlace", found: "StoredPassword | None", request: SignInRequest
) -> None:
    """Audit a try at a user; at nobody, it is audited for the first user, and taken back."""
    anybody = users.first_id(place.connection)
    user_id, name = (found.user_id, found.name) if found else (anybody, NOBODY)
    entry = AuditEntry("session.refused", name, {"by": request.origin})
    with place.connection.transaction(force_rollback=found is None):
        passwords.commit_without_waiting(place.connection)
        place.audit(user_id, [entry])


def _second(place: "SignInPlace", found: "StoredPassword", code: Secret) -> SignInMethod | None:
    if not second_factor.is_asked_of(place, found.user_id):
        return "password"
    return second_factor.check(place, found.user_id, code.reveal())
