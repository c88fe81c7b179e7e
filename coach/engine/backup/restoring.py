"""Putting a backup in the place of what is there; what was there is kept beside it.

Everything is read, compared and brought up to date in a database of its own first. Then two names
change in one transaction, so a kill leaves the one or the other, and the next restore begins anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coach.engine.backup.again import purge_again
from coach.engine.backup.reading import KeepObject, ReadBackup, read_back
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret
from coach.engine.outbox import epochs, partitions
from coach.engine.store import accounts, migrate
from coach.engine.store.accounts import BrokerConnection
from coach.engine.store.backup.databases import Databases, databases
from coach.engine.store.backup.people import end_sessions, everybody
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.imports import connections
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import account_owner
from coach.engine.vault.purged import PurgedPeople
from coach.errors import AuthenticationFailed, KekUnavailable, NotFound, SealBroken
from coach.model.accounts import UserId
from coach.sops.age import AgeKeys

NO_KEY = "its sealed key does not open since a backup was restored"


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """A backup that stands in its place.

    `kept` is the database that holds what was there before, empty where nothing was. `reconnect`
    are the accounts whose key does not open here, each with its user. `purged` is how many people
    the backup held who had been removed for good: they were removed again.
    """

    read: ReadBackup
    kept: str
    reconnect: tuple[tuple[str, str], ...]
    purged: int


@dataclass(frozen=True, slots=True)
class RestoreHome:
    """Into what a backup is restored: where candles are kept, what opens keys, who was removed."""

    keep_object: KeepObject
    keyring: Callable[[], Keyring]
    purged: PurgedPeople


def verify(url: str, path: Path, keys: AgeKeys) -> ReadBackup:
    """Read a backup into a database beside the one at `url`, compare every table, and drop it."""
    with databases(url) as beside:
        try:
            return read_back(path, keys, beside, lambda _key, _data: None)
        finally:
            beside.drop(beside.restoring)


def restore(
    url: str, path: Path, keys: AgeKeys, home: RestoreHome, now: datetime
) -> RestoredBackup:
    """Put a backup in the place of the database at `url`, on the tables of this coach.

    Followers of events begin anew, whoever was signed in signs in again, and whoever was removed
    for good is removed before anything else sees the tables.
    """
    with databases(url) as beside:
        try:
            read = read_back(path, keys, beside, home.keep_object)
            restored = beside.url_of(beside.restoring)
            migrate.upgrade(restored)
            with connect(restored) as connection:
                partitions.ensure(connection, now)
                purged = purge_again(connection, home.purged, now)
                end_sessions(connection)
                epochs.renew(connection)
                reconnect = close_unopened(connection, home.keyring, now)
            beside.put_in_place(beside.restoring)
            kept = _kept(beside)
        finally:
            beside.drop(beside.restoring)
        return RestoredBackup(read, kept, reconnect, purged)


def undo(url: str) -> str:
    """Put back what was there before the last restore, and keep the restored one in its place.

    NotFound where nothing was restored.
    """
    with databases(url) as beside:
        if not beside.exists(beside.before):
            raise NotFound(kind="database from before a restore", name=beside.before)
        beside.put_back(beside.before)
        with connect(beside.url_of(beside.name)) as connection:
            epochs.renew(connection)
        return beside.before


def _kept(beside: Databases) -> str:
    """Return what holds what was there before; a database without tables is not worth keeping."""
    with connect(beside.url_of(beside.before)) as connection:
        was_used = migrate.revision(connection) is not None
    if not was_used:
        beside.drop(beside.before)
    return beside.before if was_used else ""


def close_unopened(
    connection: CoachConnection, keyring: Callable[[], Keyring], now: datetime
) -> tuple[tuple[str, str], ...]:
    """Mark the connections whose sealed keys do not open here; return whose they are."""
    closed = []
    for user_id, user in everybody(connection):
        for found in accounts.connected(connection, user_id):
            if not _opens(connection, keyring, user_id, found):
                noted = (AuthenticationFailed.code, NO_KEY)
                connections.note_trouble(connection, user_id, found.account_id, noted, now)
                closed.append((user, found.account))
    return tuple(closed)


def _opens(
    connection: CoachConnection,
    keyring: Callable[[], Keyring],
    user_id: UserId,
    found: BrokerConnection,
) -> bool:
    owner = account_owner(found.account_id)
    sealed = [one for one in sealed_secrets.every(connection, user_id) if one.owner == owner]
    for one in sealed:
        place = one.place
        try:
            open_secret(keyring(), connection, place)
        except (KekUnavailable, SealBroken):
            return False
    return bool(sealed) or bool(found.key_file)
