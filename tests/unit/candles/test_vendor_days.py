"""A vendor's daily answer serves every week of a fetch, and its day is spared."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import httpx2

from coach.brokers.market.alphavantage import AlphavantageCandles
from coach.brokers.market.base import Failure
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.fetch import FetchedWeek, Fetcher, UnfetchedWeek, WeekRequest
from coach.engine.market.guard import Guard, tokens_left
from coach.engine.market.sources import SourceEntry
from coach.model.candles import DAY
from coach.model.fills import Symbol
from coach.model.machine.secrets import Secret
from coach.model.times import SECOND_US
from tests.unit.candles.made_up import MadeUpSource


class Clock(Protocol):
    def now_us(self) -> int: ...

    def sleep(self, seconds: float) -> None: ...


FIRST = date(2026, 3, 2)
ROW = {"1. open": "10", "2. high": "12", "3. low": "9", "4. close": "11", "5. volume": "5"}
WORKDAYS = [FIRST + timedelta(days=day) for day in range(12) if day % 7 < 5]


def us(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND_US


def test_two_weeks_of_a_share_cost_one_request_of_the_day(
    hot: MemoryHotStore, clock: Clock
) -> None:
    body = {"Time Series (Daily)": {day.isoformat(): ROW for day in reversed(WORKDAYS)}}
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params["symbol"])
        return httpx2.Response(200, json=body)

    source = AlphavantageCandles(Secret("k"), transport=httpx2.MockTransport(answer))
    fetcher = Fetcher([SourceEntry(source.name, 0, source)], hot, clock.now_us, clock.sleep)
    order = WeekRequest(Symbol("AAPL"), DAY, us(FIRST), us(FIRST + timedelta(days=14)))
    weeks = list(fetcher.weeks(order))
    assert [len(one.candles) for one in weeks if isinstance(one, FetchedWeek)] == [5, 5]
    assert asked == ["AAPL"]
    guard = Guard(hot, clock.now_us)
    assert tokens_left(source, guard.health(source.name), clock.now_us()) == 24


def test_a_throttled_vendor_is_not_asked_again_and_again(hot: MemoryHotStore, clock: Clock) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params["symbol"])
        return httpx2.Response(200, json={"Information": "25 requests per day"})

    source = AlphavantageCandles(Secret("k"), transport=httpx2.MockTransport(answer))
    fetcher = Fetcher([SourceEntry(source.name, 0, source)], hot, clock.now_us, clock.sleep)
    order = WeekRequest(Symbol("AAPL"), DAY, us(FIRST), us(FIRST + timedelta(days=14)))
    assert all(isinstance(one, UnfetchedWeek) and one.may_pass for one in fetcher.weeks(order))
    assert len(asked) == 1


def test_a_source_that_another_coach_is_trying_is_not_tried_twice(
    hot: MemoryHotStore,
    clock: Clock,
    source: Callable[..., MadeUpSource],
    fetcher: Callable[..., Fetcher],
    order: Callable[..., WeekRequest],
) -> None:
    list(fetcher(source("one", *[Failure("down", "HTTP 503")] * 9)).weeks(order()))
    clock.sleep(31)
    assert Guard(hot, clock.now_us).may_probe("one")
    ours = source("one")
    (missed,) = fetcher(ours).weeks(order())
    assert isinstance(missed, UnfetchedWeek)
    assert "another coach tries it" in missed.reason
    assert (ours.asked, missed.may_pass) == ([], True)
