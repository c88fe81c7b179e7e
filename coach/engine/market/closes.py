"""The close of the candle that contains a moment: the finest stored one, exact.

A value belongs to its moment: which candle it is read from depends on nothing else that is asked.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from coach.engine.market import canonical
from coach.engine.market.book import CandleShelf, texts_of
from coach.engine.store import candles as stored
from coach.model.candles import CandleWeek, Series, week_of
from coach.model.fees import CandleClose
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, instant, microseconds


class WeekSnapshot(NamedTuple):
    """A week of candles of one series, and the hash that names its text."""

    series: Series
    week: date
    sha256: str


class SnapshotClose(NamedTuple):
    """A close, and the snapshot that it was read from."""

    close: CandleClose
    sha256: str


def closes_at(
    shelf: CandleShelf, symbol: Symbol, moments_us: Collection[int]
) -> dict[int, CandleClose]:
    """Return the close of the finest candle that contains each moment, of those that have one.

    Of candles of one length the first source by name is taken. Raises what reading candles raises.
    """
    return {at_us: one.close for at_us, one in snapshot_closes(shelf, symbol, moments_us).items()}


def snapshot_closes(
    shelf: CandleShelf, symbol: Symbol, moments_us: Collection[int]
) -> dict[int, SnapshotClose]:
    """Return the same, each with the snapshot that it stands in."""
    with stored.objects_kept(shelf.connection):
        weeks = stored.weeks(shelf.connection, shelf.user_id, symbol)
        named = [WeekSnapshot(one.series, one.week, one.sha256) for one in weeks]
        return _closes_in(shelf, named, moments_us)


def recalled_closes(
    shelf: CandleShelf, named: Sequence[WeekSnapshot], symbol: Symbol, moments_us: Collection[int]
) -> dict[int, SnapshotClose]:
    """Return the same of these very snapshots, whatever is the newest of their weeks."""
    return _closes_in(shelf, [one for one in named if one.series.symbol == symbol], moments_us)


def titles(shelf: CandleShelf, names: Sequence[str]) -> list[WeekSnapshot]:
    """Return which weeks these snapshots are of."""
    texts = zip(names, texts_of(shelf, names), strict=True)
    return [WeekSnapshot(*canonical.title(text), name) for name, text in texts]


def _closes_in(
    shelf: CandleShelf, snapshots: Sequence[WeekSnapshot], moments_us: Collection[int]
) -> dict[int, SnapshotClose]:
    missing: dict[date, set[int]] = defaultdict(set)
    for at_us in moments_us:
        missing[week_of(at_us)].add(at_us)
    found: dict[int, SnapshotClose] = {}
    for one in sorted(snapshots, key=lambda one: (one.series.granularity, one.series.source)):
        if missing[one.week]:
            closes = _in_week(shelf, one, missing[one.week])
            missing[one.week] -= closes.keys()
            found |= {at_us: SnapshotClose(close, one.sha256) for at_us, close in closes.items()}
    return found


def newest_close(shelf: CandleShelf, symbol: Symbol) -> CandleClose | None:
    """Return the close of the stored candle that ends last; of those the finest, then by source.

    None where no candle of the symbol is stored. Raises what reading candles raises.
    """
    with stored.objects_kept(shelf.connection):
        weeks = stored.weeks(shelf.connection, shelf.user_id, symbol)
        for week in sorted(weeks, key=_newest_first):
            at_us = microseconds(week.last_at)
            named = WeekSnapshot(week.series, week.week, week.sha256)
            found = _in_week(shelf, named, {at_us})
            if found:
                return found[at_us]
    return None


def _newest_first(week: CandleWeek) -> tuple[int, int, str]:
    _, granularity, source = week.series
    return -(microseconds(week.last_at) + granularity * SECOND_US), granularity, source


def _in_week(
    shelf: CandleShelf, week: WeekSnapshot, moments_us: Collection[int]
) -> dict[int, CandleClose]:
    symbol, granularity, source = week.series
    step_us = granularity * SECOND_US
    starts = {at: at - at % step_us for at in moments_us}
    [text] = texts_of(shelf, [week.sha256])
    closes = canonical.closes(text, set(starts.values()))
    return {
        at: CandleClose(symbol, granularity, source, instant(start), closes[start])
        for at, start in starts.items()
        if start in closes
    }
