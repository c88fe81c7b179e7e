"""Candles from the network, week by week.

A week of a symbol comes from one source, whole, or not at all: when a source dies in the middle its
part of that week is put aside and the next source is asked for all of it. Nothing is stored here;
what arrives is handed out a week at a time, so that a failure later takes nothing back. Windows
that are over are kept in the hot store under source, symbol, granularity and window, so that a
second try does not ask for what already came.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeGuard

from coach.brokers.market.base import (
    NO_TIME,
    Ask,
    Failure,
    FetchedBars,
    Kind,
    MarketDataAdapter,
    bar,
    finish,
    moment_us,
)
from coach.brokers.net.parsing import parse_json
from coach.engine.hot.base import HotStore
from coach.engine.market.choice import Choice, SourceCandidate, choose
from coach.engine.market.guard import FAILURES_TO_OPEN, Guard, tokens_left
from coach.engine.market.sources import SourceEntry
from coach.model.candles import Candle, Granularity, week_of, week_start_us
from coach.model.fills import Symbol
from coach.model.times import DAY_US, SECOND_US, WEEK_US, instant

KEPT_S = 6 * 3_600.0
PATIENCE_S = 60.0
"""All waits for one request together."""
COMMAND_S = 3_600
"""For all that one command asks."""
TIME_IS_OVER = f"the hour of one command is over ({COMMAND_S} s, limit); run it again for the rest"
FIRST_WAIT_S = 0.5
BAR_FIGURES = 5
NO_BARS = Failure("unfit", "it has no bars of this week")
NO_BARS_YET_US = DAY_US
"""A week that began less than this ago may have no bar yet, of a thinly traded coin for example."""
PASSING = frozenset({"down", "lied", "busy"})
Familiar = Mapping[date, Collection[str]]


@dataclass(frozen=True, slots=True)
class WeekRequest:
    """What is wanted: the weeks that [start, end) touches, from one source where `only` names it.

    `familiar` names the sources that already gave a week of this series.
    """

    symbol: Symbol
    granularity: Granularity
    start_us: int
    end_us: int
    kind: Kind | None = None
    only: str = ""
    familiar: Familiar = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchedWeek:
    """One week of one symbol from one source; `complete` when it was asked for after its end."""

    order: WeekRequest
    week: date
    source: str
    candles: tuple[Candle, ...]
    complete: bool
    warnings: tuple[str, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class UnfetchedWeek:
    """A week that did not arrive: the sources asked, why not, and whether a later try may help."""

    order: WeekRequest
    week: date
    sources: tuple[str, ...]
    reason: str
    may_pass: bool
    choice: Choice


class Fetcher:
    """Asks the listed sources, each within its limits."""

    def __init__(
        self,
        listed: Collection[SourceEntry],
        hot: HotStore,
        now_us: Callable[[], int],
        sleep: Callable[[float], None],
    ) -> None:
        self._listed = listed
        self._hot = hot
        self._guard = Guard(hot, now_us)
        self._sleep = sleep
        self._until_us = now_us() + COMMAND_S * SECOND_US

    def weeks(
        self, order: WeekRequest, known: Collection[date] = ()
    ) -> Iterator[FetchedWeek | UnfetchedWeek]:
        """Yield the weeks of an order, oldest first, without those that are `known`.

        A week that has just begun, and has no bar yet, is left out.
        """
        familiar = {week: set(names) for week, names in order.familiar.items()}
        for week in weeks_between(order.start_us, min(order.end_us, self._guard.now_us())):
            if week in known:
                continue
            beside = {near: familiar.get(near, set()) for near in neighbours(week)}
            of_week = replace(order, start_us=week_start_us(week), familiar=beside)
            if self._guard.now_us() > self._until_us:
                yield UnfetchedWeek(
                    of_week, week, (), TIME_IS_OVER, may_pass=True, choice=self.choice(of_week)
                )
                continue
            outcome = self._week(of_week, week)
            if outcome is None:
                continue
            if isinstance(outcome, FetchedWeek):
                familiar.setdefault(week, set()).add(outcome.source)
            yield outcome

    def now(self) -> datetime:
        """Return the time."""
        return instant(self._guard.now_us())

    def choice(self, order: WeekRequest, tried: Mapping[str, str] | None = None) -> Choice:
        """Return which source would be asked, without asking any."""
        ask = self._ask(order, week_of(order.start_us))
        named = [one for one in self._listed if order.only in ("", one.name)]
        return choose([self._candidate(one, order, ask, tried or {}) for one in named])

    def _week(self, order: WeekRequest, week: date) -> FetchedWeek | UnfetchedWeek | None:
        ask = self._ask(order, week)
        if ask.start_us >= ask.end_us:
            return None
        tried: dict[str, Failure] = {}
        while True:
            reasons = {name: failure.reason for name, failure in tried.items()}
            choice = self.choice(order, reasons)
            found = next((one for one in self._listed if one.name == choice.source), None)
            if found is None or found.adapter is None:
                passing = any(failure.kind in PASSING for failure in tried.values()) or any(
                    one.verdict in ("ill", "resting") for one in choice.considered
                )
                if self._too_early(ask, tried.values()) and not passing:
                    return None
                return UnfetchedWeek(order, week, tuple(tried), choice.reason, passing, choice)
            outcome = self._whole_week(found.adapter, order, week)
            if not isinstance(outcome, Failure):
                candles, faults = outcome
                if not candles:
                    tried[found.name] = NO_BARS
                    continue
                complete = self._guard.now_us() >= week_start_us(week) + WEEK_US
                faults_found = tuple(f"{found.name}, {order.symbol}: {text}" for text in faults)
                return FetchedWeek(order, week, found.name, candles, complete, faults_found, choice)
            tried[found.name] = outcome

    def _too_early(self, ask: Ask, failures: Collection[Failure]) -> bool:
        """Say whether all that is wrong with a week may be that it has only just begun."""
        just_begun = self._guard.now_us() < ask.start_us + NO_BARS_YET_US
        return just_begun and bool(failures) and all(one == NO_BARS for one in failures)

    def _whole_week(
        self, source: MarketDataAdapter, order: WeekRequest, week: date
    ) -> tuple[tuple[Candle, ...], tuple[str, ...]] | Failure:
        candles: list[Candle] = []
        faults_found: list[str] = []
        for ask in windows(self._ask(order, week), source.most_bars):
            answer = self._from_cache(source.name, ask) or self._patiently(source, ask)
            if isinstance(answer, Failure):
                return answer
            candles += answer.candles
            faults_found += answer.faults.warnings()
        return tuple(candles), tuple(faults_found)

    def _patiently(self, source: MarketDataAdapter, ask: Ask) -> FetchedBars | Failure:
        """Ask within the limits, again after trouble that may pass, until patience or it ends."""
        waited, attempt = 0.0, 0
        if not self._may_ask(source.name):
            return Failure("busy", "it was ill, and another coach tries it just now")
        while True:
            wait = self._guard.wait_s(source, ask)
            while wait > 0:
                waited += wait
                if waited > PATIENCE_S:
                    return Failure("busy", f"it wants {wait:.0f} s of rest", wait)
                self._sleep(wait)
                wait = self._guard.wait_s(source, ask)
            answer, well = self._once(source, ask)
            attempt += 1
            if isinstance(answer, FetchedBars):
                self._keep(source.name, ask, answer)
                return answer
            if answer.kind not in PASSING or not well or attempt >= FAILURES_TO_OPEN:
                return answer
            pause = FIRST_WAIT_S * 2.0**attempt if answer.kind != "busy" else 0.0
            waited += pause
            self._sleep(pause)

    def _once(self, source: MarketDataAdapter, ask: Ask) -> tuple[FetchedBars | Failure, bool]:
        """Ask once; say also whether the breaker is still closed."""
        began_us, cost = self._guard.now_us(), source.cost(ask)
        answer = source.fetch(ask)
        if not cost:
            return answer, True
        took_ms = (self._guard.now_us() - began_us) // 1000
        health = self._guard.record(source, answer, took_ms, cost)
        return answer, health.breaker(self._guard.now_us()) == "closed"

    def _may_ask(self, source: str) -> bool:
        breaker = self._guard.health(source).breaker(self._guard.now_us())
        return breaker == "closed" or (breaker == "half-open" and self._guard.may_probe(source))

    def _candidate(
        self, one: SourceEntry, order: WeekRequest, ask: Ask, tried: Mapping[str, str]
    ) -> SourceCandidate:
        if one.adapter is None:
            return SourceCandidate(one.name, one.place, off=one.off)
        now_us = self._guard.now_us()
        health = self._guard.health(one.name)
        return SourceCandidate(
            name=one.name,
            place=one.place,
            unfit=one.adapter.unfit(ask),
            tried=tried.get(one.name, ""),
            breaker=health.breaker(now_us),
            failures=health.failures,
            latency_ms=health.latency_ms,
            rest_s=health.rest_s(now_us),
            rest_reason=health.rest_reason,
            tokens=tokens_left(one.adapter, health, now_us),
            familiar=any(one.name in names for names in order.familiar.values()),
        )

    def _ask(self, order: WeekRequest, week: date) -> Ask:
        start_us = week_start_us(week)
        now_us = self._guard.now_us()
        step = order.granularity * SECOND_US
        end_us = min(start_us + WEEK_US, now_us // step * step)
        return Ask(order.symbol, order.granularity, start_us, end_us, now_us, order.kind)

    def _keep(self, source: str, ask: Ask, answer: FetchedBars) -> None:
        if not tuple(answer.faults.warnings()):
            rows = [[one.start_us, *map(str, one[1:])] for one in answer.candles]
            self._hot.put(_name(source, ask), json.dumps(rows).encode(), KEPT_S)

    def _from_cache(self, source: str, ask: Ask) -> FetchedBars | None:
        kept = self._hot.get(_name(source, ask))
        if kept is None:
            return None
        rows_read = _read(kept)
        answer = finish(rows_read, ask)
        if isinstance(answer, Failure) or len(answer.candles) != len(rows_read):
            return None
        return answer


def weeks_between(start_us: int, end_us: int) -> Iterator[date]:
    """Yield the Mondays of the weeks that [start, end) touches."""
    week = week_of(start_us)
    while week_start_us(week) < end_us:
        yield week
        week += timedelta(weeks=1)


def windows(ask: Ask, most_bars: int) -> Iterator[Ask]:
    """Yield a question cut into what one request can answer."""
    step = most_bars * ask.granularity * SECOND_US
    for start_us in range(ask.start_us, ask.end_us, step):
        yield replace(ask, start_us=start_us, end_us=min(start_us + step, ask.end_us))


def neighbours(week: date) -> tuple[date, date]:
    """Return the weeks before and after."""
    return week - timedelta(weeks=1), week + timedelta(weeks=1)


def _read(kept: bytes) -> list[Candle]:
    """Return kept bars; a single one that no check lets pass where they cannot be read."""
    rows = parse_json(kept)
    rows_read = [row for row in rows if _is_bar(row)] if isinstance(rows, list) else []
    if rows is None or len(rows_read) != len(rows):
        return [bar(NO_TIME, [None] * BAR_FIGURES)]
    return [bar(moment_us(start, 1), figures) for start, *figures in rows_read]


def _is_bar(row: object) -> TypeGuard[list[object]]:
    return isinstance(row, list) and len(row) == 1 + BAR_FIGURES


def _name(source: str, ask: Ask) -> str:
    return f"candles|{source}|{ask.symbol}|{ask.granularity}|{ask.start_us}|{ask.end_us}"
