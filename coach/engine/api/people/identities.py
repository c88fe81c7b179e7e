"""Signing in by who somebody is at a provider, and linking users to that.

Only whoever runs coach links a user, by the provider's issuer and its subject, which never change
hands. Nothing is made or linked by an address of mail, which a provider may not have verified. An
identity that nobody is linked to lets nobody in.
"""

from typing import TYPE_CHECKING

from coach.engine.api.people import accounts, sessions
from coach.engine.store.people import identities as store
from coach.engine.store.people import sessions as session_store
from coach.engine.store.people import setup
from coach.errors import Conflict, NotFound
from coach.model.machine.audit import AuditEntry
from coach.model.people.provider import ProviderIdentity, check_subject

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.engine.api.people.sessions import NewSession
    from coach.model.accounts import User
    from coach.model.machine.secrets import Secret
    from coach.model.people.access import SignedInUser


def link(place: "SignInPlace", name: str, identity: ProviderIdentity) -> "User":
    """Let a user sign in as an identity; from the first on everybody signs in.

    NotFound for a user that nobody made, Invalid for what is no subject, Conflict where the user
    or the identity is linked already.
    """
    check_subject(identity.subject)
    user = accounts.named(place, name)
    with place.change(user.id) as audited:
        if store.of_user(place.connection, user.id) == identity:
            return user
        if not store.link(place.connection, user.id, identity, place.clock()):
            raise _already_linked(place, name, identity)
        setup.close(place.connection, place.clock())
        audited.append(AuditEntry("identity.linked", name, {"issuer": identity.issuer}))
    return user


def unlink(place: "SignInPlace", name: str) -> "User":
    """Let a user sign in by a password alone; all their sessions end.

    NotFound for a user that nobody made, or who is not linked.
    """
    user = accounts.named(place, name)
    with place.change(user.id) as audited:
        if not store.unlink(place.connection, user.id):
            raise NotFound(kind="identity", name=f"at a provider of {name}")
        session_store.end_others(place.connection, user.id)
        audited.append(AuditEntry("identity.unlinked", name))
    return user


def is_linked(place: "SignInPlace", user: "SignedInUser") -> bool:
    """Say whether a user may prove by a provider who they are."""
    return store.of_user(place.connection, user.user_id) is not None


def sign_in(place: "SignInPlace", identity: ProviderIdentity, origin: str) -> "NewSession | None":
    """Begin a session of whom an identity is linked to; None for nobody, or who is disabled."""
    found = store.user_of(place.connection, identity)
    if found is None:
        return None
    if found.disabled:
        refused = AuditEntry("session.refused", found.name, {"by": origin})
        place.audit(found.user_id, [refused])
        return None
    return sessions.begin(place, found.user_id, "oidc", origin)


def confirm(
    place: "SignInPlace", user: "SignedInUser", identity: ProviderIdentity
) -> "Secret | None":
    """Let the user of a session prove again who they are; return the session's new secret."""
    found = store.user_of(place.connection, identity)
    if found is None or found.user_id != user.user_id or found.disabled:
        return None
    return sessions.confirm_again(place, user)


def _already_linked(place: "SignInPlace", name: str, identity: ProviderIdentity) -> Conflict:
    other = store.user_of(place.connection, identity)
    what = f"this subject is linked to {other.name}" if other else f"{name} is linked to another"
    return Conflict(("user", name), what, remedy="unlink_user")
