"""The steady time: setting a clock moves it neither way."""

from datetime import UTC, datetime, timedelta

from coach.engine.rules.steady import ClockObservation, observe_clocks
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_within_a_boot_the_ticks_count_and_not_the_wall() -> None:
    first = observe_clocks(None, NOON, Ticks("a", 0))
    forward = observe_clocks(first, NOON + 100 * HOUR, Ticks("a", HOUR_US))
    back = observe_clocks(forward, NOON - 100 * HOUR, Ticks("a", 2 * HOUR_US))
    assert (first.steady, forward.steady, back.steady) == (NOON, NOON + HOUR, NOON + 2 * HOUR)


def test_over_a_restart_the_wall_counts_but_never_backwards() -> None:
    before = observe_clocks(None, NOON, Ticks("a", 5 * HOUR_US))
    assert observe_clocks(before, NOON + 8 * HOUR, Ticks("b", 0)).steady == NOON + 8 * HOUR
    assert observe_clocks(before, NOON - 8 * HOUR, Ticks("b", 0)).steady == NOON


def test_a_clock_that_was_seen_to_run_ahead_is_not_believed_after_a_restart() -> None:
    first = observe_clocks(None, NOON, Ticks("a", 0))
    ahead = observe_clocks(first, NOON + 48 * HOUR, Ticks("a", HOUR_US))
    assert observe_clocks(ahead, NOON + 48 * HOUR, Ticks("b", 0)).steady == NOON + HOUR


def test_without_ticks_the_wall_counts_as_long_as_it_goes_on() -> None:
    first = observe_clocks(None, NOON, None)
    assert observe_clocks(first, NOON + HOUR, None).steady == NOON + HOUR
    assert observe_clocks(ClockObservation(NOON, NOON), NOON - HOUR, None).steady == NOON
