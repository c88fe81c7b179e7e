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
from coach.engine.jobs.matching import WhileReading
from coach.engine.ledger.identity import NamedFill, Namer, says
from coach.engine.store import fills as store
from coach.engine.store.fills import Known, Shelf
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, FillKey

FILLS_A_LOOK = 10_000
ROWS_A_WORD = 5_000
NEVER = (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
"""Before the first fill, the first is at the end of time and the last at its beginning."""

Tell = Callable[[int], None]
"""Called with the number of rows read so far."""


@dataclass(slots=True)
class Tally:
    """What an import met, counted as it goes."""

    fetched: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    other: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None


def read_in(
    connection: Connection[Any],
    shelf: Shelf,
    source: Source,
    tell: Tell,
    while_reading: WhileReading,
) -> Tally:
    """Put the source's new fills on the shelf and return what was met.

    Into an account without fills they go unasked, and are matched on the way.
    """
    tally = Tally()
    named = _named(source, tally, tell)
    if store.any_in(connection, shelf.user_id, shelf.account_id):
        seen = array("q")
        while batch := list(islice(named, FILLS_A_LOOK)):
            seen.extend(_merge(connection, shelf, batch, tally))
        store.see(connection, shelf, seen)
    else:
        store.add(connection, shelf, _matched(named, tally, while_reading))
    return tally


def _matched(
    named: Iterator[NamedFill], tally: Tally, while_reading: WhileReading
) -> Iterator[NamedFill]:
    for fill in named:
        tally.new += 1
        while_reading.take(fill)
        yield fill


def _named(source: Source, tally: Tally, tell: Tell) -> Iterator[NamedFill]:
    """Yield each fill of the import once; count everything else."""
    name = Namer(source.info.family).name
    first, last = NEVER
    for count, row in enumerate(source.rows(), 1):
        if count % ROWS_A_WORD == 0:
            tell(count)
        if row.__class__ is not Fill:
            _count_aside(row, tally)
            continue
        assert isinstance(row, Fill)
        tally.fetched += 1
        at = row.at
        if at < first:
            tally.first = first = at
        if at > last:
            tally.last = last = at
        named = name(row)
        if named is None:
            tally.known += 1
        else:
            yield named


def _count_aside(row: Row, tally: Tally) -> None:
    if isinstance(row, Other):
        tally.other[row.kind] += 1
    elif isinstance(row, SkippedRow):
        tally.fetched += 1
        tally.skipped.append(row)


def _merge(
    connection: Connection[Any], shelf: Shelf, batch: list[NamedFill], tally: Tally
) -> list[int]:
    """Sort a batch into new, known and changed; return the row numbers of what was known."""
    stored = store.known(connection, shelf, [named.key for named in batch])
    new = [named for named in batch if named.key not in stored]
    known = [named for named in batch if named.key in stored]
    changed = [named for named in known if _is_news(named, stored, shelf)]
    if new:
        store.add(connection, shelf, new)
    if changed:
        store.replace(connection, shelf, changed)
    moved: set[FillKey] = {named.key for named in changed}
    same = [_row_of(named, stored) for named in known if named.key not in moved]
    tally.new += len(new)
    tally.changed += len(changed)
    tally.known += len(same)
    return same


def _is_news(named: NamedFill, stored: dict[FillKey, Known], shelf: Shelf) -> bool:
    """Whether the fill was never read like this, and its source is no worse than the standing one.

    A reading that was replaced does not come back by being read again; only undo brings it back.
    """
    known = stored[named.key]
    return known.stands and says(named.fill) not in known.readings and shelf.rank >= known.rank


def _row_of(named: NamedFill, stored: dict[FillKey, Known]) -> int:
    known = stored[named.key]
    return known.readings.get(says(named.fill), known.readings[known.says])
