"""Deleting the weeks of candles that nothing refers to any more.

An object goes only while nobody else may read or write objects, when neither a week nor a digest
nor a finding of any user names it. Nothing is noted before or after:
a crash leaves objects that the next run finds again.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from psycopg import Connection

from coach.engine.market import snapshots
from coach.engine.market.book import OWNERS
from coach.engine.market.objects import Objects, StoredObject
from coach.engine.store import candles
from coach.errors import Refused

GRACE = timedelta(days=1)
"""What was written lately stays: an import may just be using it."""

DELETED_AT_ONCE = 50
"""Readers and writers of candles wait for so many deletions."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What was deleted, or would be; `busy` when somebody held the objects and some may be left."""

    objects: tuple[StoredObject, ...]
    busy: bool = False

    @property
    def size(self) -> int:
        """Return how many bytes that frees."""
        return sum(one.size for one in self.objects)


def sweep(
    connection: Connection[Any], objects: Objects, now: datetime, *, dry_run: bool = False
) -> Swept:
    """Delete what nothing refers to and was written before yesterday; only list it in a dry run.

    With it go the drafts of objects that were never written whole.

    Refused where another database keeps its candles in the same place.
    """
    _see_that_all_is_ours(connection, objects)
    gone: list[StoredObject] = []
    old = (one for one in _snapshots(objects) if one.written_at < now - GRACE)
    while batch := {snapshots.name_of(one.key): one for one in islice(old, DELETED_AT_ONCE)}:
        with ExitStack() as held:
            if not dry_run and not held.enter_context(candles.only_deleter(connection)):
                return Swept(tuple(gone), busy=True)
            names = candles.unreferenced(connection, [name for name in batch if name])
            chosen = [batch[name] for name in sorted(names)]
            if not dry_run:
                objects.delete([one.key for one in chosen])
                objects.forget_copies([one.key for one in chosen])
        gone += chosen
    drafts = [one for one in objects.drafts() if one.written_at < now - GRACE]
    if not dry_run:
        objects.delete([one.key for one in drafts])
    return Swept((*gone, *drafts))


def _snapshots(objects: Objects) -> Iterator[StoredObject]:
    """Yield what is a snapshot by its name; anything else there is left alone."""
    for one in objects.listed(snapshots.FOLDER):
        if snapshots.name_of(one.key) is not None:
            yield one


def _see_that_all_is_ours(connection: Connection[Any], objects: Objects) -> None:
    ours = f"{OWNERS}{candles.installation(connection)}"
    others = [one.key for one in objects.listed(OWNERS) if one.key != ours]
    if others:
        raise Refused(
            f"give each database a prefix of its own, or delete {others[0]} if it is no more",
            what=f"another coach keeps its candles in {objects.place}: nothing was deleted",
        )
