"""What a source did is remembered: its illness, its limits, its pace."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, get_args

import pytest

from coach.brokers.market.base import Ask, Failure, FailureKind, FetchedBars, Limit
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.guard import ILLNESSES, Guard, Health, tokens_left
from coach.model.candles import HOUR
from coach.model.fills import Symbol
from coach.model.times import SECOND_US
from tests.unit.candles.made_up import MadeUpSource

ASK = Ask(Symbol("BTC-USD"), HOUR, 0, 1, 1)
Make = Callable[..., MadeUpSource]


class Clock(Protocol):
    at_us: int
    slept: list[float]

    def now_us(self) -> int: ...

    def sleep(self, seconds: float) -> None: ...


@pytest.fixture
def guard(hot: MemoryHotStore, clock: Clock) -> Guard:
    return Guard(hot, clock.now_us)


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_only_silence_and_lies_open_the_breaker(
    guard: Guard, source: Make, kind: FailureKind
) -> None:
    for _ in range(3):
        guard.record(source("one"), Failure(kind, "no"), 5, 1)
    state = guard.health("one").breaker(guard.now_us())
    assert state == ("open" if kind in ILLNESSES else "closed")


def test_two_failures_and_a_success_are_no_illness(guard: Guard, source: Make) -> None:
    one = source("one")
    for answer in (
        Failure("down", "x"),
        Failure("down", "x"),
        FetchedBars(()),
        Failure("down", "x"),
    ):
        guard.record(one, answer, 5, 1)
    assert guard.health("one").breaker(guard.now_us()) == "closed"


def test_the_pause_doubles_up_to_a_quarter_of_an_hour_and_a_success_ends_it(
    guard: Guard, source: Make, clock: Clock
) -> None:
    one, pauses = source("one"), []
    for _ in range(12):
        health = guard.record(one, Failure("down", "x"), 5, 1)
        pauses.append(health.pause_s)
        clock.sleep(health.pause_s)
    assert pauses[2:9] == [30, 60, 120, 240, 480, 900, 900]
    assert guard.health("one").breaker(guard.now_us()) == "half-open"
    assert guard.record(one, FetchedBars(()), 5, 1).breaker(guard.now_us()) == "closed"


def test_of_all_who_would_probe_one_does(guard: Guard) -> None:
    assert [guard.may_probe("one"), guard.may_probe("one"), guard.may_probe("two")] == [
        True,
        False,
        True,
    ]


def test_a_second_guard_on_the_same_store_knows_it_all(
    guard: Guard, hot: MemoryHotStore, source: Make
) -> None:
    guard.record(source("one"), Failure("lied", "high below low"), 5, 1)
    health = Guard(hot, guard.now_us).health("one")
    assert (health.failures, health.last_error) == (1, "high below low")


def test_what_cannot_be_read_is_forgotten(guard: Guard, hot: MemoryHotStore) -> None:
    for text in (b"", b"[]", b'{"latencies_ms": 5}', b'{"latencies_ms": [], "new": 1}'):
        hot.put("candles|health|one", text, 60)
        assert guard.health("one") == Health()


def test_latency_is_the_median_of_the_latest_answers(guard: Guard, source: Make) -> None:
    for took in (10, 90, 20, *[50] * 19):
        guard.record(source("one"), FetchedBars(()), took, 1)
    health = guard.health("one")
    assert (health.latency_ms, len(health.latencies_ms)) == (50, 20)


def test_tokens_are_taken_per_second(guard: Guard, source: Make) -> None:
    one = source("one", limits=(Limit("second", 2, 2),))
    waits = [guard.wait_s(one, ASK) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert waits[2] == pytest.approx(0.5)


def test_a_day_has_so_many_requests_and_midnight_brings_them_back(
    guard: Guard, source: Make, clock: Clock
) -> None:
    one = source("one", limits=(Limit("day", 2, daily=True),))
    for _ in range(2):
        assert guard.wait_s(one, ASK) == 0
        guard.record(one, FetchedBars(()), 5, 1)
    assert guard.wait_s(one, ASK) > 3600
    assert tokens_left(one, guard.health("one"), guard.now_us()) == 0
    clock.at_us = int(datetime(2026, 3, 19, tzinfo=UTC).timestamp()) * SECOND_US
    assert tokens_left(one, guard.health("one"), guard.now_us()) == 2
    assert guard.wait_s(one, ASK) == 0


def test_a_rest_that_was_asked_for_is_kept(guard: Guard, source: Make, clock: Clock) -> None:
    one = source("one")
    guard.record(one, Failure("busy", "HTTP 418", 300), 5, 1)
    assert guard.wait_s(one, ASK) == pytest.approx(300)
    clock.sleep(301)
    assert guard.wait_s(one, ASK) == 0
