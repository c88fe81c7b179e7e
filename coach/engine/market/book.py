"""The candles of one user: weeks are kept, and read back series by series.

A snapshot never changes. New bars make a new object and move the week to it; the old object stays
for as long as a digest or a finding refers to it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from psycopg import Connection

from coach.engine.features.bars import Bars, Columns, bars
from coach.engine.market import canonical, snapshots
from coach.engine.market.objects import Objects
from coach.engine.store import candles as stored
from coach.errors import SnapshotLost
from coach.model.accounts import UserId
from coach.model.candles import (
    Candle,
    CandleWeek,
    CandleWindow,
    Granularity,
    Series,
    week_of,
    week_start_us,
)
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, WEEK_US, instant, microseconds

OWNERS = "owners/"


@dataclass(frozen=True, slots=True)
class CandleShelf:
    """The candles of one user: the connection, the object store and the user."""

    connection: Connection[Any]
    objects: Objects
    user_id: UserId


class FetchedWindow(NamedTuple):
    """The window that a source was asked for, and when it answered."""

    window: CandleWindow
    at: datetime


class StorageResult(NamedTuple):
    """The result of storing bars: how many are new, how many changed, and their weeks."""

    new: int
    changed: int
    weeks: tuple[CandleWeek, ...]


class MergedWeek(NamedTuple):
    """A week with bars merged into it; `text` is empty where it is the stored one already."""

    week: CandleWeek
    new: int
    changed: int
    text: bytes


@dataclass(frozen=True, slots=True)
class LoadedBars:
    """The bars of a window by one source, and the names of the weeks they were read from."""

    series: Series
    columns: Columns
    sha256s: tuple[str, ...]

    def bars(self) -> Bars:
        """Return them as behaviour is read from them."""
        step_us = self.series.granularity * SECOND_US
        return bars(self.columns, self.series.source, step_us, self.sha256s)


def keep(
    shelf: CandleShelf, series: Series, candles: Iterable[Candle], asked: FetchedWindow
) -> StorageResult:
    """Merge bars into the stored weeks; of two bars with one start the new one stands.

    Bars that were not over when the source answered are left out. A week is complete when the
    source was asked for all of it after it was over, or when no bar is missing. ValueError: bars
    that make no sense; ObjectTrouble: nothing was kept.
    """
    over_us = microseconds(asked.at) - series.granularity * SECOND_US
    by_start = sorted(candles, key=itemgetter(0))
    finished = by_start[: bisect_right(by_start, over_us, key=itemgetter(0))]
    with (
        stored.objects_kept(shelf.connection),
        stored.only_writer(shelf.connection, shelf.user_id, series),
    ):
        merged = _merged_weeks(shelf, series, finished, asked)
        news = [one for one in merged if one.text]
        if news:
            _own(shelf)
            snapshots.store(shelf.objects, [one.text for one in news])
            with shelf.connection.transaction():
                stored.keep_weeks(shelf.connection, shelf.user_id, [one.week for one in news])
    return StorageResult(
        sum(one.new for one in merged),
        sum(one.changed for one in merged),
        tuple(one.week for one in merged),
    )


def load(shelf: CandleShelf, symbol: Symbol, window: CandleWindow) -> list[LoadedBars]:
    """Return the bars of each series that begin in a window; by length of bar, then by source.

    Whoever keeps what it makes of them calls `note_use` in the same transaction; within one only
    objects at hand are read.
    """
    with stored.objects_kept(shelf.connection):
        found = _read(shelf, stored.weeks(shelf.connection, shelf.user_id, symbol, window))
    inside = [replace(one, columns=_inside(one.columns, window)) for one in found]
    return [one for one in inside if len(one.columns.start_us)]


def load_weeks(
    shelf: CandleShelf, symbol: Symbol, length: Granularity, weeks: Collection[date]
) -> list[LoadedBars]:
    """Return the whole weeks of each series with bars of that length, by source."""
    with stored.objects_kept(shelf.connection):
        rows = stored.weeks(shelf.connection, shelf.user_id, symbol)
        wanted = (row for row in rows if row.week in weeks and row.series.granularity == length)
        return _read(shelf, list(wanted))


def _read(shelf: CandleShelf, rows: Sequence[CandleWeek]) -> list[LoadedBars]:
    texts = texts_of(shelf, [row.sha256 for row in rows])
    text_of = {row.sha256: text for row, text in zip(rows, texts, strict=True)}
    found = []
    for series, weeks in groupby(rows, lambda row: row.series):
        names = tuple(week.sha256 for week in weeks)
        found.append(LoadedBars(series, canonical.columns(text_of[name] for name in names), names))
    return found


def recall(shelf: CandleShelf, names: Iterable[str]) -> list[LoadedBars]:
    """Return the bars of these very snapshots, one for each series, by symbol."""
    wanted = sorted(set(names))
    texts = dict(zip(wanted, texts_of(shelf, wanted), strict=True))
    titles = sorted((*canonical.title(text), name) for name, text in texts.items())
    found = []
    for series, of in groupby(titles, lambda title: title[0]):
        chosen = tuple(name for _, _, name in of)
        columns = canonical.columns(texts[name] for name in chosen)
        found.append(LoadedBars(series, columns, chosen))
    return found


def note_use(shelf: CandleShelf, names: Sequence[str], used_by: str) -> None:
    """Record what uses these snapshots, and check that each exists: SnapshotLost if not."""
    with stored.objects_kept(shelf.connection):
        for name in sorted(stored.unreferenced(shelf.connection, names)):
            snapshots.fetch(shelf.objects, name)
        stored.note_use(shelf.connection, shelf.user_id, names, used_by)


def bring_to_hand(shelf: CandleShelf, names: Sequence[str] | None = None) -> None:
    """Copy what conclusions may be drawn from out of the bucket: these snapshots, or all there are.

    Called before a transaction that reads candles. ObjectTrouble where the bucket does not answer.
    """
    if not shelf.objects.is_remote:
        return
    if names is None:
        names = [row.sha256 for row in stored.weeks(shelf.connection, shelf.user_id)]
    snapshots.bring_to_hand(shelf.objects, names)


def texts_of(shelf: CandleShelf, names: Sequence[str]) -> list[bytes]:
    """Return the texts of snapshots; within a transaction only those at hand are read."""
    if stored.in_transaction(shelf.connection):
        return snapshots.fetch_at_hand(shelf.objects, names)
    return snapshots.fetch_all(shelf.objects, names)


def _merged_weeks(
    shelf: CandleShelf, series: Series, candles: Sequence[Candle], asked: FetchedWindow
) -> list[MergedWeek]:
    """Merge bars, oldest first, into their weeks."""
    if not candles:
        return []
    window = CandleWindow(candles[0].start_us, candles[-1].start_us + 1)
    rows = stored.weeks_of(shelf.connection, shelf.user_id, series, window)
    row_of = {row.week: row for row in rows}
    merged, first = [], 0
    while first < len(candles):
        week = week_of(candles[first].start_us)
        end_us = week_start_us(week) + WEEK_US
        end = bisect_left(candles, end_us, first, key=itemgetter(0))
        before = _stored_bars(shelf, row_of.get(week))
        bars = candles[first:end]
        merged.append(_merge_week(row_of.get(week), before, (series, week), bars, asked))
        first = end
    return merged


def _merge_week(
    row: CandleWeek | None,
    before: dict[int, Candle],
    named: tuple[Series, date],
    candles: Sequence[Candle],
    asked: FetchedWindow,
) -> MergedWeek:
    """Merge bars into a week; the caller keeps its text and makes it the week's newest."""
    series, week = named
    start = week_start_us(week)
    whole = CandleWindow(start, start + WEEK_US)
    was_complete = row is not None and row.complete and bool(before)
    merged = before | {candle.start_us: candle for candle in candles}
    text = canonical.encode(series, week, [*candles, *_others(before, candles)])
    after = CandleWeek(
        series=series,
        week=week,
        sha256=snapshots.name_of_text(text),
        bars=len(merged),
        first_at=instant(min(merged)),
        last_at=instant(max(merged)),
        stored_at=asked.at,
        complete=was_complete
        or _asked_for_all(asked, whole)
        or len(merged) == WEEK_US // (series.granularity * SECOND_US),
    )
    stands = None if row is None or not before else (row.sha256, row.complete)
    is_known = stands == (after.sha256, after.complete)
    changed = sum(before[at] != merged[at] for at in before)
    return MergedWeek(after, len(merged) - len(before), changed, b"" if is_known else text)


def _stored_bars(shelf: CandleShelf, row: CandleWeek | None) -> dict[int, Candle]:
    """Return the stored bars; none where the snapshot is lost: then the new bars mend the week."""
    if row is None:
        return {}
    try:
        text = snapshots.fetch(shelf.objects, row.sha256)
    except SnapshotLost:
        return {}
    return {candle.start_us: candle for candle in canonical.decode(text)}


def _others(before: dict[int, Candle], candles: Sequence[Candle]) -> list[Candle]:
    arrived = {candle.start_us for candle in candles}
    return [candle for at, candle in before.items() if at not in arrived]


def _asked_for_all(asked: FetchedWindow, week: CandleWindow) -> bool:
    covers = asked.window.start_us <= week.start_us and week.end_us <= asked.window.end_us
    return covers and week.end_us <= microseconds(asked.at)


def _own(shelf: CandleShelf) -> None:
    """Sign the object store, so that no other coach takes our objects for its leftovers."""
    shelf.objects.put_once(f"{OWNERS}{stored.installation(shelf.connection)}", b"")


def _inside(raw: Columns, window: CandleWindow) -> Columns:
    rows = np.flatnonzero((raw.start_us >= window.start_us) & (raw.start_us < window.end_us))
    return Columns(
        raw.start_us[rows],
        raw.open[rows],
        raw.high[rows],
        raw.low[rows],
        raw.close[rows],
        raw.volume[rows],
    )
