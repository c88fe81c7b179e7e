"""Merging a batch of an import into the stored fills: what is known, what is new."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.imports.id_conflicts import IdConflicts
from coach.engine.ledger.identity import (
    PREFIX,
    NamedFill,
    Namer,
    content_key,
    content_of,
    former_key,
)
from coach.engine.store import fills as store
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import id_readings
from coach.engine.store.imports.id_readings import KnownReading
from coach.model.fills import FillKey


class _UnknownContent(NamedTuple):
    """A fill whose id is known, but not with this content, or not so often."""

    named: NamedFill
    key: FillKey
    readings: Sequence[KnownReading]


class Merger:
    """Sorts the fills of one import into known and new ones, batch by batch, and stores the new.

    Where an id is known with another content, the fill is stored and noted in `conflicts`.
    """

    def __init__(
        self, connection: Connection[Any], shelf: RunTarget, namer: Namer, conflicts: IdConflicts
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._namer = namer
        self._conflicts = conflicts

    def merge(self, batch: Sequence[NamedFill]) -> list[int]:
        """Store the new fills of a batch and return the numbers of the readings that are known."""
        stored = self._stored(batch)
        known: list[int] = []
        new: list[NamedFill] = []
        unknown: list[_UnknownContent] = []
        for named in batch:
            readings = stored.get(_lookup_key(named))
            if readings and not named.fill.native_id:
                known.append(readings[0].n)
            elif readings and (of_id := _of_id(named, readings)):
                self._compare(named, of_id, known, unknown)
            else:
                new.append(named)
                self._note_copy(named)
        known += self._keep_unknown(unknown, new)
        if new:
            store.add(self._connection, self._shelf, new)
        return known

    def _stored(self, batch: Sequence[NamedFill]) -> dict[bytes, list[KnownReading]]:
        ids = {_lookup_key(named) for named in batch if named.fill.native_id}
        keys = [named.key for named in batch if not named.fill.native_id]
        return {
            **id_readings.readings_of_ids(self._connection, self._shelf, ids),
            **id_readings.readings_of_keys(self._connection, self._shelf, keys),
        }

    def _compare(
        self,
        named: NamedFill,
        readings: Sequence[KnownReading],
        known: list[int],
        unknown: list[_UnknownContent],
    ) -> None:
        content, copy = content_of(named.fill), self._namer.copies.get(named.key, 0)
        equal = [one.n for one in readings if one.content == content]
        if copy < len(equal):
            known.append(equal[copy])
        else:
            unknown.append(_UnknownContent(named, self._namer.key_of_id(named.fill), readings))

    def _keep_unknown(self, unknown: Sequence[_UnknownContent], new: list[NamedFill]) -> list[int]:
        """Add what is really unknown to `new` and return the readings that other keys show.

        These are the keys of earlier versions and, of ids with too many readings, their own.
        """
        former = [FillKey(former_key(one.key, one.named.words)) for one in unknown]
        own = [self._own_key(one) for one in unknown]
        stored = id_readings.readings_of_keys(self._connection, self._shelf, [*former, *own])
        known = []
        for one, old, key in zip(unknown, former, own, strict=True):
            if old in stored:
                self._conflicts.former[old] = key
                self._conflicts.shared.add(one.key)
                known.append(stored[old][0].n)
            elif key in stored:
                known.append(stored[key][0].n)
            else:
                new.append(one.named._replace(key=key))
                self._note(one, key)
        return known

    def _own_key(self, one: _UnknownContent) -> FillKey:
        copy = self._namer.copies.get(one.named.key, 0)
        return content_key(one.key, one.named.words, copy)

    def _note(self, one: _UnknownContent, key: FillKey) -> None:
        if any(reading.key == one.key for reading in one.readings):
            self._conflicts.doubtful[one.key].add(key)
        else:
            self._conflicts.ids.add(one.named.fill.native_id)

    def _note_copy(self, named: NamedFill) -> None:
        if named.key in self._namer.copies:
            self._conflicts.doubtful[self._namer.key_of_id(named.fill)].add(named.key)


def _lookup_key(named: NamedFill) -> bytes:
    return named.key[:PREFIX] if named.fill.native_id else named.key


def _of_id(named: NamedFill, readings: Sequence[KnownReading]) -> list[KnownReading]:
    """Leave out what only shares the first bytes of its key."""
    fill = named.fill
    wanted = (fill.native_id, fill.symbol, fill.side)
    return [one for one in readings if (one.native_id, *one.content[:2]) == wanted]
