"""A week comes from one source, whole, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from coach.brokers.market.base import Failure, FailureKind, FetchedBars, Limit
from coach.brokers.market.check import DroppedBar, Faults
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.fetch import FetchedWeek, Fetcher, UnfetchedWeek, WeekRequest
from coach.engine.market.guard import Guard
from coach.model.candles import HOUR, week_start_us
from coach.model.times import DAY_US, SECOND_US
from tests.unit.candles.made_up import MadeUpSource

FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)
DOWN = Failure("down", "HTTP 503")
LIED = Failure("lied", "high below low")
REFUSED = Failure("refused", "HTTP 451")
BUSY = Failure("busy", "HTTP 429", 5)
Make = Callable[..., MadeUpSource]


class Clock(Protocol):
    at_us: int
    slept: list[float]

    def now_us(self) -> int: ...

    def sleep(self, seconds: float) -> None: ...


def fetched(fetcher: Fetcher, order: WeekRequest) -> list[FetchedWeek | UnfetchedWeek]:
    return list(fetcher.weeks(order))


def arrived(outcomes: list[FetchedWeek | UnfetchedWeek]) -> list[tuple[date, str, int]]:
    return [
        (one.week, one.source, len(one.candles)) for one in outcomes if isinstance(one, FetchedWeek)
    ]


def test_a_week_is_asked_for_in_windows_and_handed_out_whole(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one = source("one")
    (week,) = fetched(fetcher(one), order())
    assert isinstance(week, FetchedWeek)
    assert (week.week, len(week.candles), week.complete) == (FIRST, 168, True)
    assert [ask.bars for ask in one.asked] == [48, 48, 48, 24]


def test_a_week_that_is_not_over_is_not_complete(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    last = fetched(fetcher(source("one")), order(weeks=9))[-1]
    assert isinstance(last, FetchedWeek)
    assert (last.week, len(last.candles), last.complete) == (THIRD, 60, False)


@pytest.mark.parametrize("trouble", [DOWN, LIED, REFUSED])
def test_a_source_that_dies_in_the_middle_leaves_nothing_of_that_week(
    fetcher: Callable[..., Fetcher],
    source: Make,
    order: Callable[..., WeekRequest],
    trouble: Failure,
) -> None:
    one = source("one", *[None] * 5, *[trouble] * 99, price=100)
    two = source("two", price=500)
    outcomes = fetched(fetcher(one, two), order(weeks=2))
    assert arrived(outcomes) == [(FIRST, "one", 168), (SECOND, "two", 168)]
    for outcome in outcomes:
        assert isinstance(outcome, FetchedWeek)
        assert len({bar.open for bar in outcome.candles}) == 1


def test_without_another_source_the_week_is_missed_and_named(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one = source("one", *[None] * 4, *[DOWN] * 99)
    first, second = fetched(fetcher(one), order(weeks=2))
    assert isinstance(first, FetchedWeek)
    assert isinstance(second, UnfetchedWeek)
    assert (second.week, second.sources, second.may_pass) == (SECOND, ("one",), True)
    assert "503" in second.reason


def test_trouble_that_passes_is_asked_again(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one = source("one", DOWN, LIED, None)
    assert arrived(fetched(fetcher(one), order())) == [(FIRST, "one", 168)]
    assert len(one.asked) == 6


@pytest.mark.parametrize(("kind", "times"), [("refused", 1), ("unfit", 1), ("down", 3)])
def test_what_will_not_pass_is_not_asked_again(
    fetcher: Callable[..., Fetcher],
    source: Make,
    order: Callable[..., WeekRequest],
    kind: FailureKind,
    times: int,
) -> None:
    one = source("one", *[Failure(kind, "no")] * 9)
    fetched(fetcher(one), order())
    assert len(one.asked) == times


def test_a_limit_is_waited_for_and_no_illness(
    fetcher: Callable[..., Fetcher],
    source: Make,
    order: Callable[..., WeekRequest],
    hot: MemoryHotStore,
    clock: Clock,
) -> None:
    one = source("one", BUSY, None)
    assert arrived(fetched(fetcher(one), order())) == [(FIRST, "one", 168)]
    assert 5 in [round(seconds) for seconds in clock.slept]
    assert Guard(hot, clock.now_us).health("one").failures == 0


def test_a_limit_that_asks_for_hours_is_not_waited_for(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest], clock: Clock
) -> None:
    one = source("one", Failure("busy", "HTTP 418", 7200))
    two = source("two")
    assert arrived(fetched(fetcher(one, two), order())) == [(FIRST, "two", 168)]
    assert sum(clock.slept) < 60


def test_a_daily_budget_ends_and_the_next_source_is_asked(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one = source("one", limits=(Limit("day", 6, daily=True),))
    two = source("two")
    outcomes = fetched(fetcher(one, two), order(weeks=2))
    assert arrived(outcomes) == [(FIRST, "one", 168), (SECOND, "two", 168)]
    assert len(one.asked) == 6


def test_what_came_before_a_failure_is_not_asked_for_again(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest], clock: Clock
) -> None:
    one = source("one", None, None, *[DOWN] * 3)
    assert isinstance(fetched(fetcher(one), order())[0], UnfetchedWeek)
    clock.sleep(60)
    again = source("one")
    assert arrived(fetched(fetcher(again), order())) == [(FIRST, "one", 168)]
    assert len(again.asked) == 2


def test_a_bar_that_was_dropped_keeps_its_window_out_of_the_cache(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    some = source("one")
    ask = fetcher(some)._ask(order(), FIRST)
    faults = Faults(given=168, dropped=(DroppedBar(0, 0, "high", "below the low"),))
    spoiled = FetchedBars(tuple(some.bars(ask))[1:], faults)
    one = source("one", spoiled, most_bars=168)
    (week,) = fetched(fetcher(one), order())
    assert isinstance(week, FetchedWeek)
    assert "1 of 168 bars dropped" in week.warnings[0]
    again = source("one", most_bars=168)
    fetched(fetcher(again), order())
    assert len(again.asked) == 1


def test_a_kept_window_that_was_spoiled_is_asked_for_again(
    fetcher: Callable[..., Fetcher],
    source: Make,
    order: Callable[..., WeekRequest],
    hot: MemoryHotStore,
) -> None:
    one = source("one", most_bars=168)
    made = fetcher(one)
    fetched(made, order())
    name = f"candles|one|BTC-USD|3600|{one.asked[0].start_us}|{one.asked[0].end_us}"
    for spoiled in (b"", b'{"a": 1}', b"[1]", b'[[1,"x","1","1","1","1"]]'):
        hot.put(name, spoiled, 60)
        assert arrived(fetched(made, order())) == [(FIRST, "one", 168)]
    assert len(one.asked) == 5


def test_an_empty_week_is_asked_of_the_next_source(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one, two = source("one", FetchedBars(()), most_bars=168), source("two")
    assert arrived(fetched(fetcher(one, two), order())) == [(FIRST, "two", 168)]


@pytest.mark.parametrize(
    ("moment", "requests"),
    [
        (datetime(2026, 3, 16, tzinfo=UTC), 0),
        (datetime(2026, 3, 16, 0, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 16, 1, tzinfo=UTC), 1),
        (datetime(2026, 3, 16, 23, 59, tzinfo=UTC), 1),
    ],
)
def test_a_week_that_has_just_begun_may_have_no_bar_yet(
    fetcher: Callable[..., Fetcher],
    source: Make,
    order: Callable[..., WeekRequest],
    clock: Clock,
    moment: datetime,
    requests: int,
) -> None:
    clock.at_us = round(moment.timestamp()) * SECOND_US
    empty = [FetchedBars(())] * 9
    sources = [source("one", *empty), source("two", *empty)]
    wanted = replace(order(), start_us=week_start_us(THIRD), end_us=clock.at_us + SECOND_US)
    assert fetched(fetcher(*sources), wanted) == []
    assert [len(one.asked) for one in sources] == [requests, requests]


def test_a_week_without_bars_is_missed_once_a_day_of_it_is_over(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest], clock: Clock
) -> None:
    clock.at_us = week_start_us(THIRD) + DAY_US
    wanted = replace(order(), start_us=week_start_us(THIRD), end_us=clock.at_us)
    (missed,) = fetched(fetcher(source("one", FetchedBars(()))), wanted)
    assert isinstance(missed, UnfetchedWeek)
    assert missed.reason == "one: it has no bars of this week"


def test_a_week_that_has_just_begun_is_missed_while_a_source_is_down(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest], clock: Clock
) -> None:
    clock.at_us = week_start_us(THIRD) + 2 * HOUR * SECOND_US
    wanted = replace(order(), start_us=week_start_us(THIRD), end_us=clock.at_us)
    sources = [source("one", *[DOWN] * 9), source("two", FetchedBars(()))]
    (missed,) = fetched(fetcher(*sources), wanted)
    assert isinstance(missed, UnfetchedWeek)
    assert missed.may_pass


def test_a_source_that_is_named_is_the_only_one_asked(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    one, two = source("one"), source("two", *[DOWN] * 9)
    (week,) = fetched(fetcher(one, two), order(only="two"))
    assert isinstance(week, UnfetchedWeek)
    assert not one.asked


def test_known_weeks_are_not_asked_for(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    outcomes = list(fetcher(source("one")).weeks(order(weeks=2), known={FIRST}))
    assert arrived(outcomes) == [(SECOND, "one", 168)]


def test_a_source_that_is_too_slow_loses_its_place(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    slow, fast = source("slow", takes_s=9.0), source("fast")
    outcomes = fetched(fetcher(slow, fast), order(weeks=2))
    assert [name for _, name, _ in arrived(outcomes)] == ["slow", "fast"]


def test_a_sick_source_is_left_alone_by_the_next_command_and_then_tried_once(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest], clock: Clock
) -> None:
    fetched(fetcher(source("one", *[DOWN] * 9)), order())
    resting = source("one")
    assert isinstance(fetched(fetcher(resting), order())[0], UnfetchedWeek)
    assert not resting.asked
    clock.sleep(31)
    probe = source("one", *[DOWN] * 9)
    fetched(fetcher(probe), order())
    assert len(probe.asked) == 1
    clock.sleep(61)
    well = source("one")
    assert arrived(fetched(fetcher(well), order())) == [(FIRST, "one", 168)]


def test_what_an_hour_does_not_bring_is_missed_and_may_be_asked_for_again(
    fetcher: Callable[..., Fetcher], source: Make, order: Callable[..., WeekRequest]
) -> None:
    """Each of the four answers for a week takes twenty minutes."""
    one = source("one", takes_s=1_200)
    first, *others = fetched(fetcher(one), order(weeks=2))
    assert isinstance(first, FetchedWeek)
    assert len(one.asked) == 4
    (missed,) = others
    assert isinstance(missed, UnfetchedWeek)
    assert (missed.week, missed.sources, missed.may_pass) == (SECOND, (), True)
    assert "the hour of one command is over" in missed.reason
