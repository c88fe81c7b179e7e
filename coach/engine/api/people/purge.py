"""Removing a person: rows, entries of the queue, candles, what is remembered, and lines of logs.

First they are put on the list of who was removed for good, so that no backup from before brings
them back. The rows go last, in one transaction: a purge that was killed before finds the person,
and does the rest once more.
"""

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.api.exports.downloads import remove_leftovers
from coach.engine.imports.turn import import_lock
from coach.engine.keyring.erasure import destroy_keys
from coach.engine.market import snapshots
from coach.engine.store import candles, users
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.vault import kept_copies
from coach.engine.store.vault.purge import purge as purge_rows
from coach.engine.vault.purged import PurgedPeople
from coach.errors import Locked, NotFound
from coach.files import remove_left_copies

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.hot.base import HotStore
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.keyring.rewrap import RewrapFile
    from coach.engine.market.objects import Objects
    from coach.model.accounts import User

REMEMBERED = ("model|answer|{id}|", "limit|user|{id}", "login|")
"""Keys of the hot store; those of sign-ins are hashes of names, and all of them go."""


@dataclass(frozen=True, slots=True)
class PurgePlace:
    """Where something of a person may be: `url` is that of the database behind `connection`.

    `vault` is the folder of the key of keys, `keyring` what opens it, `sealed_beside` wraps anew
    what it seals outside of the database. `cache` is where files are kept meanwhile.
    """

    connection: CoachConnection
    url: str
    objects: "Callable[[], Objects]"
    hot: "Callable[[], HotStore]"
    logs: Sequence[Path]
    vault: Path
    keyring: "Callable[[], Keyring]"
    sealed_beside: "Sequence[RewrapFile]"
    cache: Path


@dataclass(frozen=True, slots=True)
class PurgedPerson:
    """How much of a person was removed, and from which databases beside.

    `keys_destroyed` says whether nothing here opens any more what older backups have of their
    sealed keys.
    """

    name: str
    rows: int
    candle_weeks: int
    log_lines: int
    databases: tuple[str, ...]
    keys_destroyed: bool


def purge(place: PurgePlace, name: str, now: datetime) -> PurgedPerson:
    """Remove a person and everything that is theirs; a nameless tombstone of their audit stays.

    NotFound for a user that nobody made, Locked while something imports for them or candles are in
    use. Backups in files are not touched; a restore of one removes the person again.
    """
    connection = place.connection
    found = users.find(connection, name)
    if found is None:
        raise NotFound(kind="user", name=name, remedy="list_users")
    with import_lock(connection, found):
        PurgedPeople(place.vault).add(found.id)
        destroyed = destroy_keys(place.keyring(), connection, found.id, place.sealed_beside)
        weeks = _remove_candles(connection, place.objects(), found)
        with closing(place.hot()) as hot:
            for key in REMEMBERED:
                hot.forget(key.format(id=found.id))
        lines = _clean_logs(place.logs, (found.id, found.name))
        remove_leftovers(place.cache)
        remove_left_copies(place.cache)
        beside = tuple(_purge_beside(place, found, now))
        with connection.transaction():
            rows = purge_rows(connection, found.id, now)
    return PurgedPerson(found.name, rows, weeks, lines, beside, destroyed)


def _remove_candles(connection: CoachConnection, objects: "Objects", user: "User") -> int:
    """Remove the weeks of candles that nobody else refers to; return how many there were."""
    if not candles.referred(connection, user.id):
        return 0
    with candles.only_deleter(connection) as alone:
        if not alone:
            raise Locked("wait until it is done and try again", doing="reading or writing candles")
        names = candles.referred_by_nobody_else(connection, user.id)
        keys = [snapshots.key_of(name) for name in names]
        objects.delete(keys)
        objects.forget_copies(keys)
    return len(names)


def _purge_beside(place: PurgePlace, user: "User", now: datetime) -> Iterable[str]:
    """Purge the user in the databases that hold what was there before; yield their names.

    One that lacks tables is from so long ago, or so unfinished, that it is dropped.
    """
    for name in kept_copies.names(place.connection):
        with connect(kept_copies.url_of(place.url, name)) as beside:
            if not kept_copies.is_whole(beside):
                beside.close()
                kept_copies.drop(place.connection, name)
                yield name
            elif users.name_of(beside, user.id):
                with beside.transaction():
                    purge_rows(beside, user.id, now)
                yield name


def _clean_logs(logs: Sequence[Path], words: tuple[str, str]) -> int:
    """Take the lines out of these files that name the user by id or by name."""
    named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words).encode())
    return sum(_clean(path, named) for path in logs if path.is_file())


def _clean(path: Path, named: re.Pattern[bytes]) -> int:
    """Write a log again without some lines, in its place: whoever has it open goes on behind."""
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not named.search(line)]
    if len(kept) < len(lines):
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "wb") as file:
            file.write(b"".join(kept))
            file.truncate()
    return len(lines) - len(kept)
