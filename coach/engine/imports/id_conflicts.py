"""Ids that stand on more than one reading: which of these are fills, and under which keys.

An import stores such readings first and decides at its end, when it knows all that it holds;
undoing an import decides anew for the ids that it held. `ledger.identity.resolve_id` has the
rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from psycopg import Connection

from coach.engine.imports.id_placement import content_of, moves_of
from coach.engine.ledger.identity import Namer, former_key, id_key, words_of
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import id_readings
from coach.engine.store.imports.id_readings import FormerReading, PlacedReading, ReadingMove
from coach.model.fills import FillKey, Symbol

IDS_AT_ONCE = 5_000


@dataclass(slots=True)
class IdConflicts:
    """Ids of one import that have several readings, by the key of the id.

    `shared` stand on two contents in this import. `doubtful` have the keys of readings that this
    import stored under the id beside another. `former` has new keys by those of earlier versions.
    `ids` are those under which another fill was kept, as the source writes them.
    """

    shared: set[FillKey] = field(default_factory=set)
    doubtful: dict[FillKey, set[FillKey]] = field(default_factory=lambda: defaultdict(set))
    former: dict[FillKey, FillKey] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ConflictOutcome:
    """What was decided: how this import's readings count, and which books changed.

    `replaced` corrected another reading, `repeated` are no fills of their own, and `restored` are
    known to this import but had stood aside. `rekeyed` are books with a fill under a new key.
    """

    replaced: int = 0
    repeated: int = 0
    restored: int = 0
    symbols: set[Symbol] = field(default_factory=set)
    rekeyed: set[Symbol] = field(default_factory=set)

    def add(self, other: "ConflictOutcome") -> None:
        """Add the counts of another id."""
        self.replaced += other.replaced
        self.repeated += other.repeated
        self.restored += other.restored


def resolve_conflicts(
    connection: Connection[Any], shelf: RunTarget, conflicts: IdConflicts
) -> ConflictOutcome:
    """Decide which of this import's readings stand, and give every fill its key."""
    outcome = ConflictOutcome()
    keys = iter({**dict.fromkeys(conflicts.shared), **conflicts.doubtful})
    while some := list(islice(keys, IDS_AT_ONCE)):
        groups = _groups(connection, shelf, conflicts, some)
        moves: list[ReadingMove] = []
        for key, readings in groups.items():
            of_id = moves_of(key, readings, shared=key in conflicts.shared)
            outcome.add(_count(key, of_id, conflicts, shelf))
            moves += of_id
        _carry_out(connection, shelf, moves, outcome)
    _rename_former(connection, shelf, conflicts.former, outcome)
    return outcome


def resolve_anew(
    connection: Connection[Any], shelf: RunTarget, prefixes: Iterable[bytes]
) -> ConflictOutcome:
    """Decide again for all ids whose keys begin so, after an import was taken back."""
    outcome = ConflictOutcome()
    remaining = iter(prefixes)
    while some := list(islice(remaining, IDS_AT_ONCE)):
        groups: dict[FillKey, list[PlacedReading]] = defaultdict(list)
        for one in id_readings.placed_of(connection, shelf, some):
            if one.native_id:
                fill = content_of(one)
                groups[id_key(one.family, fill.symbol, fill.side, fill.native_id)].append(one)
        moves = [
            move
            for key, readings in groups.items()
            for move in moves_of(key, readings, shared=False)
        ]
        _carry_out(connection, shelf, moves, outcome)
    return outcome


def _groups(
    connection: Connection[Any], shelf: RunTarget, conflicts: IdConflicts, keys: Sequence[FillKey]
) -> dict[FillKey, list[PlacedReading]]:
    """Return the readings that are to be decided, by the key of their id.

    Under a shared id only what has the id's own key: all else has its key already.
    """
    names = {key: key for key in keys}
    for key in keys:
        if key not in conflicts.shared:
            names |= dict.fromkeys(conflicts.doubtful.get(key, ()), key)
    stored = id_readings.placed_under(connection, shelf, names)
    if _absorb_former(connection, shelf, [one for one in stored if one.key in conflicts.shared]):
        stored = id_readings.placed_under(connection, shelf, names)
    groups: dict[FillKey, list[PlacedReading]] = defaultdict(list)
    for one in stored:
        groups[names[one.key]].append(one)
    return groups


def _absorb_former(
    connection: Connection[Any], shelf: RunTarget, readings: Sequence[PlacedReading]
) -> bool:
    """Let a reading take the place of its equal that an earlier version stored beside it."""
    equals = {former_key(one.key, words_of(content_of(one))): one for one in readings}
    stored = id_readings.readings_of_keys(connection, shelf, equals)
    former = [FormerReading(FillKey(key), equals[FillKey(key)]) for key in stored]
    id_readings.absorb(connection, shelf, former)
    return bool(former)


def _count(
    key: FillKey, moves: Sequence[ReadingMove], conflicts: IdConflicts, shelf: RunTarget
) -> ConflictOutcome:
    """Count what becomes of the readings of one id; note the id where it has one more fill."""
    outcome = ConflictOutcome()
    ours = [move for move in moves if move.reading.run_n == shelf.run_n]
    outcome.repeated = sum(move.stands_for is not None for move in ours)
    back = [
        move.reading.reading
        for move in moves
        if move.reading.stands_for is not None and move.stands_for is None
    ]
    outcome.restored = sum(shelf.run_n in reading.runs for reading in back)
    alone = key not in conflicts.shared and sum(move.stands_for is None for move in moves) == 1
    if not alone and (back or conflicts.doubtful.get(key) or len(ours) > outcome.repeated):
        conflicts.ids.add(moves[0].reading.native_id)
    elif alone and len(ours) > outcome.repeated:
        outcome.replaced = len({move.reading.reading.content for move in moves}) > 1
    return outcome


def _carry_out(
    connection: Connection[Any],
    shelf: RunTarget,
    moves: Iterable[ReadingMove],
    outcome: ConflictOutcome,
) -> None:
    changed = [
        move
        for move in moves
        if (move.key, move.stands_for) != (move.reading.key, move.reading.stands_for)
    ]
    if not changed:
        return
    from coach.engine.store.promises import labels

    labels.follow(
        connection,
        shelf.user_id,
        shelf.account_id,
        {
            move.reading.key: move.stands_for or move.key
            for move in changed
            if move.reading.stands_for is None
        },
    )
    id_readings.move(connection, shelf, changed)
    for move in changed:
        symbol = content_of(move.reading).symbol
        outcome.symbols.add(symbol)
        if move.stands_for is None:
            outcome.rekeyed.add(symbol)


def _rename_former(
    connection: Connection[Any],
    shelf: RunTarget,
    former: dict[FillKey, FillKey],
    outcome: ConflictOutcome,
) -> None:
    """Give fills that earlier versions named otherwise the keys that they have now."""
    if not former:
        return
    stored = id_readings.placed_under(connection, shelf, former)
    moves = [ReadingMove(one, former[one.key], one.stands_for) for one in stored]
    _carry_out(connection, shelf, moves, outcome)


def describe_conflicts(conflicts: IdConflicts, namer: Namer) -> list[str]:
    """Return what to warn of: ids on several fills, and ids that name nothing."""
    warnings = []
    if conflicts.ids:
        count, example = len(conflicts.ids), min(conflicts.ids)
        which = (
            f"{count} ids, such as {example!r}, stand" if count > 1 else f"id {example!r} stands"
        )
        warnings.append(
            f"{which} on several fills that differ in time, quantity or price: all of them are"
            " kept, each known by id and content"
        )
    if namer.unusable:
        warnings.append(
            f"{namer.unusable} fills have an id that was rounded or masked, such as"
            f" {namer.example!r}: they are known by what they say instead"
        )
    return warnings
