"""Accounts of people: made, given another password, disabled and enabled.

Whatever keeps somebody out ends their sessions in the same transaction; streams that are open are
closed by the servers, which look after them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api import users
from coach.engine.api.people.password_strength import check_password
from coach.engine.store import users as store
from coach.engine.store.people import passwords, sessions, setup, tokens
from coach.errors import Conflict, NotFound
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret
from coach.model.people.access import SESSION

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.model.accounts import User
    from coach.model.people.access import SignedInUser


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made; a name that exists without a password is taken over with its data."""

    name: str
    password: Secret
    zone: str


def make(place: "SignInPlace", account: NewAccount) -> "User":
    """Make an account; Conflict where the user has a password already.

    Invalid for a name, a password or a zone that does not fit.
    """
    check_password(account.password, account.name)
    with place.connection.transaction():
        user = users.find(place.connection, account.name)
        if user is None:
            user = users.add(place.connection, account.name, account.zone)
        elif passwords.has_one(place.connection, user.id):
            what = f"{account.name} has a password already"
            raise Conflict(("user", account.name), what, remedy="change_password")
        _keep_password(place, user, account.password)
    return user


def change_password(
    place: "SignInPlace", name: str, password: Secret, asking: "SignedInUser | None" = None
) -> "User":
    """Give a user another password: all sessions end but the one that asks.

    NotFound for a user that nobody made.
    """
    user = named(place, name)
    check_password(password, name)
    kept = "" if asking is None else asking.credential.removeprefix(SESSION)
    with place.connection.transaction():
        _keep_password(place, user, password)
        sessions.end_others(place.connection, user.id, kept)
    return user


def disable(place: "SignInPlace", name: str) -> "User":
    """Let a user sign in no more: sessions end, and no token counts any more.

    NotFound for a user that nobody made.
    """
    user = named(place, name)
    with place.change(user.id) as audited:
        if passwords.disable(place.connection, user.id, place.clock()):
            audited.append(AuditEntry("user.disabled", name))
        sessions.end_others(place.connection, user.id)
        tokens.revoke_all(place.connection, user.id, place.clock())
    return user


def enable(place: "SignInPlace", name: str) -> "User":
    """Let a user sign in again; NotFound for a user that nobody made."""
    user = named(place, name)
    with place.change(user.id) as audited:
        if passwords.enable(place.connection, user.id):
            audited.append(AuditEntry("user.enabled", name))
    return user


def _keep_password(place: "SignInPlace", user: "User", password: Secret) -> None:
    hashed = place.hashing.hash(password)
    with place.change(user.id) as audited:
        passwords.write(place.connection, user.id, hashed, place.clock())
        setup.close(place.connection, place.clock())
        audited.append(AuditEntry("password.changed", user.name))


def named(place: "SignInPlace", name: str) -> "User":
    """Return the user of that name; NotFound for one that nobody made."""
    user = store.find(place.connection, name)
    if user is None:
        raise NotFound(kind="user", name=name, remedy="list_users")
    return user
