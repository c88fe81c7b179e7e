"""Marking the fills that are left out, after anything that moved readings.

A decision names readings of the fill, each by a key that no other import changes: the id with the
content, or the content alone. A fill is left out when any reading of it is named, the one that
stands or one that stands aside. Every reading of such a fill is named from then on, so that a
corrected row or another source's stays out as well, whichever is taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg import Connection

from coach.engine.imports.id_placement import content_of
from coach.engine.ledger.identity import content_key, id_key, words_of
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import id_readings
from coach.engine.store.imports.id_readings import PlacedReading
from coach.engine.store.single_fills import left_out
from coach.engine.store.single_fills.left_out import CoveredReading, MarkedFills
from coach.model.fills import FillKey

OF_A_WHOLE = Decimal("1.001")
"""Above this multiple of a fill, a reading beside it is an order of which the fill is a part."""
Parts = Mapping[FillKey, Sequence[FillKey]]
NO_PARTS: Parts = {}


def mark(connection: Connection[Any], shelf: RunTarget, parts: Parts = NO_PARTS) -> MarkedFills:
    """Mark what is left out of an account, within a transaction.

    `parts` are fills that stand now for a larger one, by its key: they are left out with it.
    """
    known = left_out.covered(connection, shelf)
    if not known:
        return left_out.set_marks(connection, shelf, {})
    if parts:
        _cover_parts(connection, shelf, parts, known)
    found = _decided(connection, shelf, known)
    _cover_beside(connection, shelf, found)
    return left_out.set_marks(connection, shelf, {key: min(ns) for key, ns in found.items()})


def covered_reading(one: PlacedReading) -> CoveredReading:
    """Return how a decision names a stored reading."""
    if not one.native_id:
        return CoveredReading(one.key, one.key)
    fill = content_of(one)
    of_id = id_key(one.family, fill.symbol, fill.side, fill.native_id)
    own = content_key(of_id, words_of(fill)) if one.key == of_id else one.key
    return CoveredReading(own, of_id)


def decisions_about(connection: Connection[Any], shelf: RunTarget, key: FillKey) -> set[int]:
    """Return the numbers of the decisions about a fill, also of those that were taken back."""
    names = set()
    for fill in _standing(connection, shelf, [key]).values():
        beside = id_readings.placed_beside(connection, shelf, [key])
        own = [one for one in beside if not _is_whole_of(one, fill)]
        names = {covered_reading(one).key for one in (fill, *own)}
    return left_out.numbers_naming(connection, shelf, names)


def _decided(
    connection: Connection[Any],
    shelf: RunTarget,
    known: dict[FillKey, tuple[CoveredReading, int]],
) -> dict[FillKey, set[int]]:
    """Return the fills that are left out, each with the decisions about it."""
    keys = {key for reading, _ in known.values() for key in reading}
    placed = [
        (one, known[name][1])
        for one in id_readings.placed_under(connection, shelf, keys)
        if (name := covered_reading(one).key) in known
    ]
    standing = _standing(connection, shelf, (one.stands_for or one.key for one, _ in placed))
    found: dict[FillKey, set[int]] = defaultdict(set)
    for one, n in placed:
        fill = standing.get(one.stands_for or one.key)
        if fill is not None and not _is_whole_of(one, fill):
            found[fill.key].add(n)
    return found


def _cover_beside(
    connection: Connection[Any], shelf: RunTarget, found: Mapping[FillKey, set[int]]
) -> None:
    """Let the decisions name every reading of the fills that they are about."""
    standing = _standing(connection, shelf, found)
    beside = id_readings.placed_beside(connection, shelf, found)
    for fill in standing.values():
        own = [one for one in beside if one.stands_for == fill.key and not _is_whole_of(one, fill)]
        for n in found[fill.key]:
            left_out.cover(connection, shelf, n, map(covered_reading, (fill, *own)))


def _cover_parts(
    connection: Connection[Any],
    shelf: RunTarget,
    parts: Parts,
    known: dict[FillKey, tuple[CoveredReading, int]],
) -> None:
    """Let the decisions about larger fills name the parts that stand for them now."""
    for whole in id_readings.placed_under(connection, shelf, parts):
        decided = known.get(covered_reading(whole).key)
        if decided is None:
            continue
        for part in _standing(connection, shelf, parts[whole.key]).values():
            reading = covered_reading(part)
            left_out.cover(connection, shelf, decided[1], [reading])
            known.setdefault(reading.key, (reading, decided[1]))


def _standing(
    connection: Connection[Any], shelf: RunTarget, keys: Iterable[FillKey]
) -> dict[FillKey, PlacedReading]:
    placed = id_readings.placed_under(connection, shelf, set(keys))
    return {one.key: one for one in placed if one.stands_for is None}


def _is_whole_of(one: PlacedReading, fill: PlacedReading) -> bool:
    """Whether a reading beside a fill is a larger order of which the fill is a part."""
    return one.key != fill.key and content_of(one).quantity > content_of(fill).quantity * OF_A_WHOLE
