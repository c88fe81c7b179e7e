"""Candles: import and fetch them, list what is stored, compare the sources."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.api.insights import conclude_pending
from coach.engine.store import accounts, spans
from coach.engine.store import candles as stored
from coach.errors import Invalid, Missing, NoCandlesNow, NotFound, NothingTraded
from coach.model.candles import GRANULARITIES, QUARTER, CandleWindow, week_start_us
from coach.model.fills import Symbol
from coach.model.times import EPOCH, SECOND_US, instant, microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from coach.brokers.market.base import Kind
    from coach.engine.api.session import Session
    from coach.engine.hot.base import HotStore
    from coach.engine.jobs.run import JobOrder
    from coach.engine.market import arrival, lifecycle
    from coach.engine.market import fetch as fetching
    from coach.engine.market.book import CandleShelf
    from coach.engine.market.choice import Choice, SourceAssessment
    from coach.engine.market.fetch import Fetcher, WeekRequest
    from coach.engine.market.guard import Health
    from coach.engine.market.objects import Objects
    from coach.engine.market.sources import SourceEntry
    from coach.model.candles import CandleWeek, Granularity, Series
    from coach.model.events import Json
    from coach.model.market import SourceWishes

    SeriesTally = arrival.SeriesTally
    FileTally = arrival.FileTally
    FetchTally = arrival.FetchTally
    Swept = lifecycle.Swept
    Missed = fetching.UnfetchedWeek
    OnProgress = Callable[[int, int | None], None] | None

EARLIEST = EPOCH + timedelta(weeks=1)
"""No bar is counted from before 1970, and a week is asked for whole."""
BEFORE = timedelta(days=1)
AFTER = timedelta(days=7)
"""Candles are fetched this far around the fills: what led to a trade, and what came of it."""


@dataclass(frozen=True, slots=True)
class CandlePlaces:
    """Where candles are kept, the hot store, and the sources that the user allows."""

    objects: Objects
    hot: HotStore
    wishes: SourceWishes


class SymbolRequest(NamedTuple):
    """A symbol, and the kind of thing it is where its name does not say."""

    symbol: Symbol
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch; the default is the symbols and the span of the user's own trades.

    Work that comes every day is a run of its own on each: `of_day`.
    """

    symbols: tuple[SymbolRequest, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    granularity: Granularity = QUARTER
    source: str = ""
    of_day: date | None = None


class SeriesCoverage(NamedTuple):
    """What is kept of a series: `gaps` are bars missing between the first and the last."""

    series: Series
    weeks: int
    complete: int
    bars: int
    first: datetime
    last: datetime
    gaps: int


class SourceView(NamedTuple):
    """A source, its health, and how the choice of a source would rate it now."""

    considered: SourceAssessment
    health: Health
    last_error_at: datetime | None


def import_file(
    session: Session,
    places: CandlePlaces,
    path: Path,
    naming: CandleFileNaming,
    on_progress: OnProgress,
) -> FileTally:
    """Store the candles of a file; importing the same file again changes nothing."""
    from coach.brokers.market.files import CandleFile
    from coach.engine.jobs.collector import no_collector
    from coach.engine.market import arrival

    only = _wanted(naming.symbol).symbol if naming.symbol else None
    file = CandleFile(path, only, naming.label)
    shelf = _shelf(session, places)
    with no_collector():
        tally = arrival.import_file(
            shelf, file, naming.source, session.clock(), on_progress or _to_nobody
        )
    tally.warnings += conclude_pending(session)
    return tally


class CandleFileNaming(NamedTuple):
    """The source of a file's candles, their symbol where the file has none, and the file's name."""

    source: str
    symbol: str | None = None
    label: str = ""


def fetch(
    session: Session, places: CandlePlaces, request: FetchRequest, on_progress: OnProgress
) -> FetchTally:
    """Fetch the missing candles and store them.

    Raises NotFound where no source has them, and NoCandlesNow where a later try may succeed.
    """
    from coach.engine.jobs.run import job_run

    orders = weeks_wanted(session, request)
    if not orders:
        raise NothingTraded
    job = fetch_job(request)
    with job_run(session.connection, session.user.id, job, session.clock) as running:

        def report(done: int, of: int | None) -> None:
            (on_progress or _to_nobody)(done, of)
            running.note_progress(done, of)

        tally = _fetched(session, places, request.source, orders, report)
        running.finish({"weeks": tally.asked_weeks, "missed": len(tally.missed)})
    return tally


def fetch_job(request: FetchRequest) -> JobOrder:
    """Return the job that a request is."""
    from coach.engine.jobs.run import JobOrder
    from coach.engine.periodic.orders import fetch_order

    if request.of_day is not None:
        return fetch_order(request.of_day)
    asked: dict[str, Json] = {
        "symbols": [[wanted.symbol, wanted.kind] for wanted in request.symbols],
        "since": request.since.isoformat() if request.since else None,
        "until": request.until.isoformat() if request.until else None,
        "granularity": request.granularity,
        "source": request.source,
    }
    label = ", ".join(wanted.symbol for wanted in request.symbols) or "every traded symbol"
    return JobOrder("fetch.candles", asked, label)


def _fetched(
    session: Session,
    places: CandlePlaces,
    source: str,
    orders: Sequence[WeekRequest],
    report: Callable[[int, int | None], None],
) -> FetchTally:
    from coach.engine.market import arrival

    with _fetcher(session, places, source) as fetcher:
        tally = arrival.fetch(_shelf(session, places), fetcher, orders, report)
    tally.warnings += conclude_pending(session)
    if tally.missed and not tally.series and not tally.known_weeks:
        raise _nothing_came(tally.missed)
    return tally


def sources(
    session: Session, places: CandlePlaces, named: Sequence[SymbolRequest], granularity: Granularity
) -> Sight:
    """Return every source, and which one would be asked for a symbol now, without asking any.

    Without a symbol, the one that was traded last is meant.
    """
    from coach.engine.market.guard import Guard

    now_us = microseconds(session.clock())
    request = FetchRequest(granularity=granularity)
    wanted = named[0] if named else SymbolRequest(_traded_last(session))
    with _fetcher(session, places, "") as fetcher:
        choice = fetcher.choice(_order(request, wanted, now_us - SECOND_US, now_us))
    guard = Guard(places.hot, lambda: now_us)
    views = []
    for considered in choice.considered:
        health = guard.health(considered.name)
        at = instant(health.last_error_us) if health.last_error_us else None
        views.append(SourceView(considered, health, at))
    return Sight(wanted.symbol, tuple(views), choice)


class Sight(NamedTuple):
    """The sources, and the choice among them for a symbol."""

    symbol: Symbol
    sources: tuple[SourceView, ...]
    choice: Choice


def coverage(session: Session) -> list[SeriesCoverage]:
    """Return the stored series, by symbol, granularity and source."""
    found: dict[Series, list[CandleWeek]] = {}
    for week in stored.weeks(session.connection, session.user.id):
        found.setdefault(week.series, []).append(week)
    return [_covered(series, weeks) for series, weeks in found.items()]


def prune(session: Session, places: CandlePlaces, *, dry_run: bool) -> Swept:
    """Delete snapshots that nothing refers to any more."""
    from coach.engine.market.lifecycle import sweep

    return sweep(session.connection, places.objects, session.clock(), dry_run=dry_run)


def granularity_named(name: str) -> Granularity:
    """Return a granularity by its name; UsageError for an unknown one."""
    if name not in GRANULARITIES:
        raise Invalid("granularity", f"not {name!r}", f"one of {', '.join(GRANULARITIES)}")
    return GRANULARITIES[name]


def wanted_named(names: Sequence[str]) -> tuple[SymbolRequest, ...]:
    """Parse symbols that are written as `BTC-USD` or `AAPL-USD=equity`.

    Raises UsageError for a text that cannot be a symbol.
    """
    return tuple(_wanted(name) for name in names)


def _wanted(name: str) -> SymbolRequest:
    from coach.brokers.market.files import symbol_of

    kinds: dict[str, Kind | None] = {
        "": None,
        "crypto": "crypto",
        "fx": "fx",
        "equity": "equity",
    }
    written, _, kind = name.partition("=")
    symbol = symbol_of(written)
    if symbol is None or kind not in kinds:
        hint = "write BTC-USD, or AAPL-USD=equity; kinds are crypto, fx and equity"
        raise Invalid("symbols", f"not {name!r}", "a base and a quote", hint=hint)
    return SymbolRequest(symbol, kinds[kind])


def _covered(series: Series, weeks: Sequence[CandleWeek]) -> SeriesCoverage:
    first = min(week.first_at for week in weeks)
    last = max(week.last_at for week in weeks)
    bars = sum(week.bars for week in weeks)
    span_us = microseconds(last) - microseconds(first)
    expected = span_us // (series.granularity * SECOND_US) + 1
    complete = sum(week.complete for week in weeks)
    return SeriesCoverage(series, len(weeks), complete, bars, first, last, expected - bars)


def _to_nobody(_done: int, _total: int | None) -> None:
    """Report to nobody."""


def _shelf(session: Session, places: CandlePlaces) -> CandleShelf:
    from coach.engine.market.book import CandleShelf

    return CandleShelf(session.connection, places.objects, session.user.id)


@contextmanager
def _fetcher(session: Session, places: CandlePlaces, only: str) -> Iterator[Fetcher]:
    from coach.engine.market.fetch import Fetcher
    from coach.engine.market.sources import opened

    connected = accounts.connected(session.connection, session.user.id)
    base_urls = {one.account: one.base_url for one in connected if one.broker == "coinbase"}
    with opened(places.wishes, base_urls) as listed:
        _check_named(only, listed)
        yield Fetcher(listed, places.hot, lambda: microseconds(session.clock()), sleep)


def _traded_last(session: Session) -> Symbol:
    traded = spans.spans(session.connection, session.user.id)
    return max(traded, key=lambda one: one.last).symbol if traded else Symbol("BTC-USD")


def _check_named(only: str, listed: Sequence[SourceEntry]) -> None:
    found = next((one for one in listed if one.name == only), None)
    if only and found is None:
        names = ", ".join(one.name for one in listed)
        raise Invalid("source", f"not {only!r}", f"one of {names}")
    if found is not None and found.adapter is None:
        reason = f"and {only} is off: {found.off}"
        raise Invalid("source", reason, "a source that is on", remedy="list_sources")


def weeks_wanted(session: Session, request: FetchRequest) -> list[WeekRequest]:
    """Return which weeks of which symbols a request comes to."""
    traded = {one.symbol: one for one in spans.spans(session.connection, session.user.id)}
    now = session.clock()
    found = []
    for wanted in request.symbols or nameable(traded):
        span = traded.get(wanted.symbol)
        since = request.since or (span.first - BEFORE if span else None)
        until = request.until or (span.last + AFTER if span else now)
        if since is None:
            taker = f"a fetch of {wanted.symbol}, which you never traded,"
            raise Missing(taker, "since", remedy="say_since")
        since = max(since, EARLIEST)
        if since < (until := min(until, now)):
            found.append(_order(request, wanted, microseconds(since), microseconds(until)))
    return [*found, *_fee_orders(session, request, found)]


def _fee_orders(
    session: Session, request: FetchRequest, ordered: Sequence[WeekRequest]
) -> list[WeekRequest]:
    """Return orders for the coins that fees were paid in, around the fills that need them."""
    from coach.engine.api.fee_candles import fee_windows

    start_us = microseconds(max(request.since or EARLIEST, EARLIEST))
    end_us = microseconds(min(request.until or session.clock(), session.clock()))
    windows = {one.symbol: CandleWindow(one.start_us, one.end_us) for one in ordered}
    found = fee_windows(session, windows.keys(), CandleWindow(start_us, end_us), windows)
    names = {wanted.symbol for wanted in nameable(found)}
    return [
        _order(request, SymbolRequest(symbol), *window)
        for symbol, runs in found.items()
        if symbol in names
        for window in runs
    ]


def nameable(traded: Iterable[Symbol]) -> list[SymbolRequest]:
    """Return the symbols that a source could know, by name; no other is put into an address."""
    from coach.brokers.market.files import symbol_of

    return [SymbolRequest(symbol) for symbol in sorted(traded) if symbol_of(symbol) == symbol]


def _order(request: FetchRequest, wanted: SymbolRequest, start_us: int, end_us: int) -> WeekRequest:
    from coach.engine.market.fetch import WeekRequest

    symbol, kind = wanted
    return WeekRequest(symbol, request.granularity, start_us, end_us, kind, request.source)


def _nothing_came(missed: Sequence[Missed]) -> NotFound | NoCandlesNow:
    worth_another = [one for one in missed if one.may_pass]
    first = worth_another[0] if worth_another else missed[0]
    weeks = [one.week for one in missed if one.order.symbol == first.order.symbol]
    begin, end = min(weeks).isoformat(), _last_day(max(weeks)).isoformat()
    if worth_another:
        return NoCandlesNow(
            "nothing was changed; run the same command again later",
            source=" and ".join(first.sources or _unwell(first.choice)) or "no source",
            symbol=first.order.symbol,
            first=begin,
            last=end,
            reason=first.reason,
        )
    return NotFound(
        remedy="compare_sources",
        kind="source of candles for",
        name=f"{first.order.symbol}, {begin} to {end}",
        reason=first.reason,
        symbol=first.order.symbol,
    )


def _unwell(choice: Choice) -> list[str]:
    return [one.name for one in choice.considered if one.verdict in {"ill", "resting"}]


def _last_day(week: date) -> date:
    return instant(week_start_us(week)).date() + timedelta(days=6)
