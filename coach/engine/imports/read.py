"""Reading a source's rows into the fill table: each fill once, every row accounted for."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from psycopg import Connection

from coach.brokers.base import Other, Row, Source
from coach.engine.imports.id_conflicts import IdConflicts, describe_conflicts, resolve_conflicts
from coach.engine.imports.match import IncrementalMatching
from coach.engine.imports.merge import Merger
from coach.engine.ledger.identity import NamedFill, Namer
from coach.engine.ledger.row_order import RowOrder
from coach.engine.store import fills as store
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import row_order
from coach.model.accounts import MOST_SKIPPED_TOLD, SkippedRow
from coach.model.fills import Fill, Symbol
from coach.model.movements import Movement, StatedBalance

FILLS_A_LOOK = 10_000
FILLS_A_STEP = 4_000
ROWS_A_WORD = 5_000
MOST_KINDS = 100
OTHER_KINDS = "any other kind"
"""Where rows that are no trades are counted when there are more kinds than MOST_KINDS."""
NEVER = (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
"""Before the first fill, the first is at the end of time and the last at its beginning."""

OnProgress = Callable[[int], None]
"""Called with the number of rows read so far."""


@dataclass(slots=True)
class ImportTally:
    """Counts of what an import read so far.

    `skipped` are the first MOST_SKIPPED_TOLD rows that could not be read. `symbols` are books that
    changed otherwise than by new fills; `account_held_fills` says whether it did before.
    """

    fetched: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    skipped_count: int = 0
    other: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    account_held_fills: bool = False
    symbols: set[Symbol] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    movements: list[tuple[str, Movement]] = field(default_factory=list)
    balances: list[StatedBalance] = field(default_factory=list)


def read_in(
    connection: Connection[Any],
    shelf: RunTarget,
    source: Source,
    on_progress: OnProgress,
    while_reading: IncrementalMatching,
) -> ImportTally:
    """Store the source's new fills and return the counts.

    For an account without fills nothing is compared, and fills are matched while they are read.
    """
    tally = ImportTally()
    namer, conflicts = Namer(source.info.family), IdConflicts()
    order = RowOrder()
    named = _named(source, namer, order, tally, on_progress)
    tally.account_held_fills = store.any_in(connection, shelf.user_id, shelf.account_id)
    if tally.account_held_fills:
        seen = array("q")
        merger = Merger(connection, shelf, namer, conflicts)
        while batch := list(islice(named, FILLS_A_LOOK)):
            known = merger.merge(batch)
            tally.new += len(batch) - len(known)
            tally.known += len(known)
            seen.extend(known)
        store.see(connection, shelf, seen)
    else:
        store.add(connection, shelf, _matched(named, namer, conflicts, tally, while_reading))
    conflicts.shared |= namer.shared
    for symbol in _resolve_conflicts(connection, shelf, conflicts, tally):
        while_reading.give_up(symbol)
    tally.warnings += describe_conflicts(conflicts, namer)
    row_order.add(connection, shelf, order)
    if tally.account_held_fills:
        tally.symbols |= row_order.reordered_books(connection, shelf)
    return tally


def _resolve_conflicts(
    connection: Connection[Any], shelf: RunTarget, conflicts: IdConflicts, tally: ImportTally
) -> set[Symbol]:
    """Decide about ids that stand on several readings; return the books with new keys."""
    outcome = resolve_conflicts(connection, shelf, conflicts)
    tally.new -= outcome.replaced + outcome.repeated
    tally.known += outcome.repeated - outcome.restored
    tally.changed += outcome.replaced + outcome.restored
    tally.symbols |= outcome.symbols
    return outcome.rekeyed


def _matched(
    named: Iterator[NamedFill],
    namer: Namer,
    conflicts: IdConflicts,
    tally: ImportTally,
    while_reading: IncrementalMatching,
) -> Iterator[NamedFill]:
    """Yield the fills of a first import and match them; a row that came before waits.

    Some are named, then matched, then yielded: fill by fill all that takes a tenth longer.
    """
    copies, take = namer.copies, while_reading.take
    while batch := list(islice(named, FILLS_A_STEP)):
        tally.new += len(batch)
        for fill in batch:
            if fill.key in copies:
                conflicts.doubtful[namer.key_of_id(fill.fill)].add(fill.key)
            else:
                take(fill)
        yield from batch


def _named(
    source: Source, namer: Namer, order: RowOrder, tally: ImportTally, on_progress: OnProgress
) -> Iterator[NamedFill]:
    """Yield each fill of the import under its key; count everything else."""
    name, watch = namer.name, order.take
    first, last = NEVER
    for count, row in enumerate(source.rows(), 1):
        if count % ROWS_A_WORD == 0:
            on_progress(count)
        if not isinstance(row, Fill):
            _count_aside(row, tally)
            for movement in row.movements if isinstance(row, Other) else ():
                order.pass_by(movement.at)
            continue
        tally.fetched += 1
        at = row.at
        if at < first:
            tally.first = first = at
        if at > last:
            tally.last = last = at
        named = name(row)
        watch(named)
        yield named


def _count_aside(row: Row, tally: ImportTally) -> None:
    if isinstance(row, Other):
        known = row.kind in tally.other or len(tally.other) < MOST_KINDS
        tally.other[row.kind if known else OTHER_KINDS] += 1
        tally.movements += [(row.kind, movement) for movement in row.movements]
    elif isinstance(row, StatedBalance):
        tally.balances.append(row)
    elif isinstance(row, SkippedRow):
        tally.fetched += 1
        tally.skipped_count += 1
        if len(tally.skipped) < MOST_SKIPPED_TOLD:
            tally.skipped.append(row)
