"""Storing candles that come from a file or from the network, some weeks at a time.

What is kept together is kept in a transaction of its own: what breaks off later takes nothing back
and changes nothing that was there.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from operator import itemgetter

from coach.brokers.market.files import CandleFile, FileWeek, SkippedRows, Survey
from coach.engine.market.book import CandleShelf, FetchedWindow, StorageResult, keep
from coach.engine.market.fetch import (
    FetchedWeek,
    Fetcher,
    UnfetchedWeek,
    WeekRequest,
    weeks_between,
)
from coach.engine.store import candles as stored
from coach.errors import Invalid, NoTruth
from coach.model.candles import Candle, CandleWeek, CandleWindow, Series, week_start_us
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, WEEK_US, microseconds

SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
WEEKS_AT_ONCE = 100
"""Weeks of a file that are kept together: the disk is waited for once for all of them."""
OnProgress = Callable[[int, int | None], None]


@dataclass(slots=True)
class SeriesTally:
    """What arrived of one series: bars handed over, how many of them were new or changed."""

    series: Series
    bars: int = 0
    new: int = 0
    changed: int = 0
    weeks: int = 0
    missing: int = 0
    first_us: int | None = None
    last_us: int | None = None

    def add(self, candles: Collection[Candle], kept: StorageResult, missing: int = 0) -> None:
        """Count a week that was kept."""
        starts = list(map(itemgetter(0), candles))
        self.bars += len(starts)
        self.new += kept.new
        self.changed += kept.changed
        self.weeks += len(kept.weeks)
        self.missing += missing
        self.first_us = min([*starts, *_known(self.first_us)], default=None)
        self.last_us = max([*starts, *_known(self.last_us)], default=None)


@dataclass(slots=True)
class FileTally:
    """What arrived of a file; `refused` says why of a symbol nothing was kept."""

    source: str
    series: list[SeriesTally]
    skipped: SkippedRows
    refused: dict[Symbol, str]
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FetchTally:
    """What arrived from the network, and what did not, of `asked_weeks` in all."""

    series: dict[Series, SeriesTally] = field(default_factory=dict)
    missed: list[UnfetchedWeek] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    known_weeks: int = 0
    asked_weeks: int = 0


def import_file(
    shelf: CandleShelf, file: CandleFile, source: str, now: datetime, on_progress: OnProgress
) -> FileTally:
    """Store the bars of a file under the name of their source.

    UsageError or NotCandles for what is no such file, NoTruth where nothing of it can be believed.
    """
    if not SOURCE_NAME.fullmatch(source):
        allowed = "small letters, digits, dots and dashes"
        raise Invalid("source", f"not {source!r}", allowed, example="my-data")
    survey = file.survey()
    with closing(survey.held):
        _refuse_lies(survey, source)
        return _store_weeks(shelf, survey, source, now, on_progress)


def _store_weeks(
    shelf: CandleShelf, survey: Survey, source: str, now: datetime, on_progress: OnProgress
) -> FileTally:
    """Store the weeks of a file, WEEKS_AT_ONCE together."""
    tallies = {
        symbol: SeriesTally(Series(symbol, found.granularity, source))
        for symbol, found in survey.series.items()
    }
    total = len(survey.held.weeks_of(survey.series))
    warnings: list[str] = []
    forming = done = 0
    weeks = CandleFile.weeks(survey)
    while batch := list(islice(weeks, WEEKS_AT_ONCE)):
        for symbol in dict.fromkeys(week.symbol for week in batch):
            asked = FetchedWindow(survey.series[symbol].window, now)
            of_symbol = [week for week in batch if week.symbol == symbol]
            _keep_weeks(shelf, tallies[symbol], of_symbol, asked)
        for week in batch:
            warnings += [f"{week.symbol}, {week.week}: {fault}" for fault in week.faults.warnings()]
            forming += _unfinished(week, now)
        done += len(batch)
        on_progress(done, total)
    if forming:
        warnings.append(f"{forming} bars are not over yet and are left out")
    return FileTally(source, list(tallies.values()), survey.skipped, survey.refused, warnings)


def _keep_weeks(
    shelf: CandleShelf, tally: SeriesTally, weeks: Sequence[FileWeek], asked: FetchedWindow
) -> None:
    """Keep weeks of one series together."""
    candles = [candle for week in weeks for candle in week.candles]
    missing = sum(week.faults.missing for week in weeks)
    tally.add(candles, keep(shelf, tally.series, candles, asked), missing)


def fetch(
    shelf: CandleShelf, fetcher: Fetcher, orders: Collection[WeekRequest], on_progress: OnProgress
) -> FetchTally:
    """Store what the sources have of these weeks, except weeks that are stored and complete."""
    tally = FetchTally()
    planned = [(order, *_kept_before(shelf, order)) for order in orders]
    total = sum(len(list(weeks_between(one.start_us, one.end_us))) for one in orders)
    tally.asked_weeks, done = total, 0
    for order, known, familiar in planned:
        done += len(known)
        tally.known_weeks += len(known)
        for outcome in fetcher.weeks(replace(order, familiar=familiar), known):
            _keep_outcome(shelf, tally, outcome, fetcher.now())
            done += 1
            on_progress(done, total)
    return tally


def _keep_outcome(
    shelf: CandleShelf, tally: FetchTally, outcome: FetchedWeek | UnfetchedWeek, now: datetime
) -> None:
    if isinstance(outcome, UnfetchedWeek):
        tally.missed.append(outcome)
        return
    order = outcome.order
    series = Series(order.symbol, order.granularity, outcome.source)
    start_us = week_start_us(outcome.week)
    kept = keep(
        shelf,
        series,
        outcome.candles,
        FetchedWindow(CandleWindow(start_us, start_us + WEEK_US), now),
    )
    found = tally.series.setdefault(series, SeriesTally(series))
    found.add(outcome.candles, kept, _missing(outcome.candles, series))
    tally.warnings += outcome.warnings


def _kept_before(shelf: CandleShelf, order: WeekRequest) -> tuple[set[date], dict[date, set[str]]]:
    """Return the weeks that are not requested, and the source of each stored week."""
    window = CandleWindow(order.start_us, order.end_us)
    rows = [
        row
        for row in stored.weeks(shelf.connection, shelf.user_id, order.symbol, window)
        if row.series.granularity == order.granularity
    ]
    familiar: dict[date, set[str]] = {}
    for row in rows:
        familiar.setdefault(row.week, set()).add(row.series.source)
    known = {row.week for row in rows if _is_known(row, order)}
    return known, familiar


def _is_known(row: CandleWeek, order: WeekRequest) -> bool:
    return row.complete and order.only in ("", row.series.source)


def _refuse_lies(survey: Survey, source: str) -> None:
    if survey.series or not (survey.refused or survey.skipped.count):
        return
    symbols, reasons = list(survey.refused), list(survey.refused.values())
    if not symbols:
        reasons = [f"none of its {survey.skipped.count} rows can be read"]
    for first in survey.skipped.rows[:1]:
        reasons[0] += f"; first line {first.line}, {first.column}: {first.reason}"
    what = {0: "the file", 1: "".join(symbols)}.get(len(symbols), f"{len(symbols)} symbols")
    hint = "see what the file is, and make a new one from its origin"
    raise NoTruth(hint, source=source, symbol=what, reason=reasons[0])


def _unfinished(week: FileWeek, now: datetime) -> int:
    end_us = microseconds(now) - week.granularity * SECOND_US
    return len(week.candles) - bisect_right(week.candles, end_us, key=itemgetter(0))


def _missing(candles: Collection[Candle], series: Series) -> int:
    starts = [candle.start_us for candle in candles]
    step = series.granularity * SECOND_US
    return (max(starts) - min(starts)) // step + 1 - len(starts) if starts else 0


def _known(moment_us: int | None) -> list[int]:
    return [] if moment_us is None else [moment_us]
