"""The steady time: setting a clock, or lying about one, moves it neither way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.rules.steady import ClockObservation, ClockReading, observe_clocks
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SYNCHRONISED = True


def reading(
    wall: float,
    ticks: float | None = None,
    boot: str = "a",
    database: float | None = None,
    synchronised: bool = False,
) -> ClockReading:
    """Read the clocks: each so many hours after noon, or after the boot."""
    up = None if ticks is None else Ticks(boot, round(ticks * HOUR_US), None, synchronised)
    return ClockReading(
        NOON + wall * HOUR, up, None if database is None else NOON + database * HOUR
    )


def hours_after(*readings: ClockReading) -> float:
    """Return the steady time after these readings, in hours after noon."""
    seen: ClockObservation | None = None
    for one in readings:
        seen = observe_clocks(seen, one)
    assert seen is not None
    return round((seen.steady - NOON) / HOUR, 3)


def test_within_a_boot_the_ticks_count_and_no_clock_that_is_set_forward_or_back() -> None:
    looks = [reading(0, 0), reading(100, 1), reading(-100, 2)]
    assert [hours_after(*looks[: end + 1]) for end in range(3)] == [0, 1, 2]


def test_a_suspended_machine_ticks_on() -> None:
    assert hours_after(reading(0, 0), reading(72, 72)) == 72


def test_ticks_that_jump_while_the_wall_does_not_are_not_believed() -> None:
    jump = [reading(0, 5), reading(0.1, 90)]
    assert hours_after(*jump) == 0.1
    assert hours_after(*jump, reading(1, 6)) == 1  # the wall's word, since the ticks went back


def test_ticks_that_went_back_bring_nothing_when_they_return() -> None:
    assert hours_after(reading(0, 90), reading(-80, 10), reading(0.1, 90.1)) == 0.1


def test_ticks_and_wall_that_jump_together_are_held_against_the_database() -> None:
    looks = [reading(0, 0, database=0), reading(72, 72, database=0.1)]
    assert hours_after(*looks) == 0.1
    assert hours_after(*looks, reading(150, 150, database=0.2)) == 0.2


def test_a_database_on_another_clock_is_no_witness() -> None:
    assert hours_after(reading(0, 0, database=-900), reading(24, 24, database=-899)) == 24


def test_a_database_whose_clock_is_set_back_holds_nothing_up() -> None:
    assert hours_after(reading(0, 0, database=0), reading(24, 24, database=-2)) == 24


def test_the_kernels_account_of_the_wall_counts_where_a_program_is_told_a_later_one() -> None:
    told = reading(72, 1)
    assert told.ticks is not None
    true = replace(told, ticks=replace(told.ticks, started=NOON))
    assert true.believed == NOON + HOUR
    assert reading(72, 1).believed == NOON + 72 * HOUR
    honest = replace(true, wall=NOON + HOUR + timedelta(seconds=1))
    assert honest.believed == honest.wall


def test_over_a_restart_the_wall_counts_but_never_backwards() -> None:
    assert hours_after(reading(0, 5), reading(8, 0, "b")) == 8
    assert hours_after(reading(0, 5), reading(-8, 0, "b")) == 0


def test_a_clock_that_was_seen_to_run_ahead_is_not_believed_after_a_restart() -> None:
    assert hours_after(reading(0, 0), reading(48, 1), reading(48, 0, "b")) == 1


def test_a_restart_with_a_clock_set_forward_is_held_against_the_database() -> None:
    assert hours_after(reading(0, 0, database=0), reading(90, 0, "b", database=2)) == 2


def test_without_ticks_the_wall_counts_as_long_as_it_goes_on() -> None:
    assert hours_after(reading(0), reading(1)) == 1
    assert hours_after(reading(0), reading(-1)) == 0


@pytest.mark.parametrize("step", [-30, -3, -0.5, 0.5, 3, 30])
def test_a_time_service_that_sets_a_wrong_clock_right_makes_no_lock_longer(step: float) -> None:
    """The clock was wrong when a change began to wait, and was set right in between."""
    wrong = reading(0, 0, database=0)
    soon, later = (
        reading(hours + step, hours, database=hours + step, synchronised=SYNCHRONISED)
        for hours in (0.1, 24)
    )
    assert hours_after(wrong, later) == 24
    assert hours_after(wrong, soon, later) == 24


def test_a_clock_set_back_by_hand_makes_a_lock_longer_by_as_much() -> None:
    """Nothing tells it from ticks that jumped."""
    assert hours_after(reading(0, 0), reading(21, 24)) == 21


def test_where_a_time_service_vouches_for_the_wall_a_pause_of_the_ticks_is_no_pause() -> None:
    """A virtual machine stood still for 20 hours, then its clock was set right."""
    looks = [
        reading(0, 0, synchronised=SYNCHRONISED),
        reading(21, 1),
        reading(22, 2, synchronised=SYNCHRONISED),
    ]
    assert [hours_after(*looks[: end + 1]) for end in range(3)] == [0, 1, 22]


def test_a_boot_with_a_clock_behind_catches_up_once_it_is_set_right() -> None:
    before = reading(0, 50, synchronised=SYNCHRONISED)
    behind = reading(-1, 0, "b")
    right = reading(10, 0.1, "b", synchronised=SYNCHRONISED)
    assert hours_after(before, behind) == 0
    assert hours_after(before, behind, right) == 10


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 50), st.sampled_from("ab"))))
def test_the_steady_time_never_goes_back(looks: list[tuple[float, float, str]]) -> None:
    seen = observe_clocks(None, reading(0, 0))
    for wall, ticks, boot in looks:
        before, seen = seen, observe_clocks(seen, reading(wall, ticks, boot))
        assert seen.steady >= before.steady


def test_what_the_wall_will_show_is_told_the_same_by_each_look() -> None:
    due = NOON + 24 * HOUR
    jitter = timedelta(milliseconds=40)
    assert ClockObservation(NOON + jitter, NOON).on_the_wall(due) == due
    ahead = [ClockObservation(NOON + 2 * HOUR + one, NOON) for one in (-jitter, jitter)]
    assert [one.on_the_wall(due) for one in ahead] == [NOON + 26 * HOUR] * 2


def test_a_look_within_a_minute_adds_nothing_unless_a_clock_was_set() -> None:
    last = observe_clocks(None, reading(0, 0, database=0))
    minute = 1 / 60
    same = reading(minute / 2, minute / 2, database=minute / 2)
    assert observe_clocks(last, same).adds_nothing(last)
    for told in (
        reading(1, minute / 2, database=minute / 2),
        reading(2 * minute, 2 * minute, database=2 * minute),
        reading(minute / 2, 0, "b", database=minute / 2),
        replace(same, ticks=None),
    ):
        assert not observe_clocks(last, told).adds_nothing(last)
    assert not last.adds_nothing(None)
