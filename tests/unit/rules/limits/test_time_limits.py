"""Clocks, locks, days and hours: at each limit, and just beyond it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from coach.engine.features.history import History
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.kept_checks.brier import Z90
from coach.engine.rules.kinds.trading_hours import distances
from coach.engine.rules.loosening import loosens
from coach.engine.rules.programmes.days import EVER, begin_us, programme_days
from coach.engine.rules.refusals import refuse_past_expiry
from coach.engine.rules.steady import ClockObservation, ClockReading, observe_clocks
from coach.engine.rules.week import allowed, minute
from coach.errors import UsageError
from coach.model.machine.clock import Ticks
from coach.model.rules import Rule
from coach.model.times import microseconds

if TYPE_CHECKING:
    from coach.model.events import Json

Make = Callable[..., Rule]
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
MS, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TICK = timedelta(microseconds=1)


def reading(
    wall: timedelta,
    ticks: timedelta | None = None,
    *,
    started: datetime | None = None,
    synchronised: bool = False,
    database: timedelta | None = None,
    boot: str = "a",
) -> ClockReading:
    up = None if ticks is None else Ticks(boot, ticks // TICK, started, synchronised)
    return ClockReading(NOON + wall, up, None if database is None else NOON + database)


def steady_after(*looks: ClockReading) -> timedelta:
    seen: ClockObservation | None = None
    for one in looks:
        seen = observe_clocks(seen, one)
    assert seen is not None
    return seen.steady - NOON


ZERO = timedelta(0)
BEGUN = reading(ZERO, ZERO)


@pytest.mark.parametrize(
    ("behind", "passed"),
    [(100 * MS, HOUR), (100 * MS + TICK, HOUR - 100 * MS - TICK), (-100 * MS, HOUR)],
)
def test_ticks_are_believed_where_the_wall_lags_a_tenth_of_a_second(
    behind: timedelta, passed: timedelta
) -> None:
    assert steady_after(BEGUN, reading(HOUR - behind, HOUR)) == passed


@pytest.mark.parametrize(
    ("ahead", "believed"),
    [
        (2 * SECOND, HOUR + 2 * SECOND),
        (2 * SECOND + TICK, HOUR),
        (-2 * SECOND - TICK, HOUR - 2 * SECOND - TICK),
    ],
)
def test_the_kernel_is_asked_where_the_wall_is_two_seconds_off(
    ahead: timedelta, believed: timedelta
) -> None:
    assert reading(HOUR + ahead, HOUR, started=NOON).believed == NOON + believed


@pytest.mark.parametrize(("apart", "known"), [(MINUTE, True), (MINUTE + TICK, False)])
def test_a_database_within_a_minute_is_a_witness(apart: timedelta, *, known: bool) -> None:
    for sign in (1, -1):
        seen = observe_clocks(None, reading(ZERO, ZERO, database=sign * apart))
        assert (seen.database is not None) is known
    first = observe_clocks(None, reading(ZERO, ZERO, database=ZERO))
    assert observe_clocks(first, reading(HOUR, HOUR)).database is None
    later = observe_clocks(first, reading(HOUR, HOUR, database=5 * HOUR))
    assert later.database == NOON + 5 * HOUR


def test_a_synchronised_wall_is_ahead_by_what_it_was_first_seen_to_be() -> None:
    first = observe_clocks(None, BEGUN)
    set_right = reading(3 * HOUR, HOUR, synchronised=True)
    seen = observe_clocks(first, set_right)
    assert seen.steady == NOON + HOUR
    assert seen.ahead_us == -2 * HOUR // TICK
    later = observe_clocks(seen, reading(5 * HOUR, HOUR, synchronised=True))
    assert later.steady == NOON + 3 * HOUR
    assert later.ahead_us == seen.ahead_us


def test_ticks_of_one_boot_are_never_counted_twice() -> None:
    first = observe_clocks(None, reading(ZERO, HOUR))
    back = observe_clocks(first, reading(MINUTE, ZERO))
    assert (back.boot, back.ticks_us) == ("a", HOUR // TICK)
    other = observe_clocks(first, reading(MINUTE, ZERO, boot="b"))
    assert (other.boot, other.ticks_us) == ("b", 0)
    assert observe_clocks(first, reading(MINUTE)).ticks_us == 0
    same = observe_clocks(first, reading(MINUTE, HOUR))
    assert same.steady == NOON


def test_a_look_adds_nothing_within_a_minute_and_a_tenth_of_a_second() -> None:
    last = ClockObservation(NOON, NOON, "a")
    for passed, moved, nothing in (
        (MINUTE - TICK, MINUTE - TICK, True),
        (MINUTE, MINUTE, False),
        (SECOND, SECOND + 100 * MS, True),
        (SECOND, SECOND + 100 * MS + TICK, False),
        (SECOND, SECOND - 100 * MS - TICK, False),
    ):
        now = replace(last, wall=NOON + moved, steady=NOON + passed)
        assert now.adds_nothing(last) is nothing
    assert not replace(last, ahead_us=0).adds_nothing(last)
    assert not replace(last, database=NOON).adds_nothing(last)


def test_what_the_wall_will_show_differs_from_two_seconds_on() -> None:
    for apart, shown in ((2 * SECOND - TICK, ZERO), (2 * SECOND, 2 * SECOND), (-HOUR, -HOUR)):
        assert ClockObservation(NOON + apart, NOON).on_the_wall(NOON) == NOON + shown


def test_an_expiry_lies_ahead_and_behind_the_lock(promise: Make) -> None:
    rule = replace(promise("max_trades_per_day", limit=5), lock_s=60)

    def refused(ends: datetime, before: Rule | None = None) -> bool:
        try:
            refuse_past_expiry(replace(rule, expires_at=ends), NOON, before)
        except UsageError:
            return True
        return False

    assert refused(NOON)
    assert not refused(NOON + TICK)
    assert refused(NOON + MINUTE, rule)
    assert not refused(NOON + MINUTE + TICK, rule)
    ending = replace(rule, expires_at=NOON + 3 * SECOND)
    assert not refused(NOON + 3 * SECOND, ending)
    assert not refused(NOON + 4 * SECOND, ending)
    assert refused(NOON + 2 * SECOND, ending)
    refuse_past_expiry(rule, NOON, ending)


def test_a_refused_expiry_says_when_the_lock_ends(promise: Make) -> None:
    rule = replace(promise("max_trades_per_day", limit=5), lock_s=3_600)
    sooner = replace(rule, expires_at=NOON + MINUTE)
    with pytest.raises(UsageError, match="2026-04-01 15:00 Europe/Berlin"):
        refuse_past_expiry(sooner, NOON, rule, "Europe/Berlin")


def test_a_sooner_end_loosens_and_a_later_or_none_does_not(promise: Make) -> None:
    rule = replace(promise("max_trades_per_day", limit=5), expires_at=NOON)
    assert loosens(rule, replace(rule, expires_at=NOON - TICK), "active")
    assert not loosens(rule, replace(rule, expires_at=NOON + TICK), "active")
    assert not loosens(rule, replace(rule, expires_at=None), "active")
    locked = replace(rule, lock_s=60)
    assert not loosens(locked, locked, "active")


def test_a_day_of_a_programme_begins_at_the_second_of_its_zone() -> None:
    """2026-03-02 is day 20,514; Prague is an hour ahead in winter, and two in summer."""
    second = 1_000_000
    assert begin_us(20_514, "UTC", 61) == (20_514 * 86_400 + 61) * second
    assert begin_us(20_514, "Europe/Prague", 0) == (20_514 * 86_400 - 3_600) * second
    days = programme_days({"reset": "17:05", "since": "2026-03-02"}, "Europe/Prague")
    reset = 17 * 3_600 + 5 * 60
    assert (days.zone, days.reset_s) == ("Europe/Prague", reset)
    assert days.since_us == (20_514 * 86_400 + reset - 3_600) * second
    assert days.of(np.array([days.since_us - 1, days.since_us])).tolist() == [20_513, 20_514]
    plain = programme_days({"zone": "UTC"}, "Europe/Prague")
    assert (plain.zone, plain.reset_s, plain.since_us) == ("UTC", 0, EVER)
    assert microseconds(datetime(1900, 1, 1, tzinfo=UTC)) > EVER


def test_entries_of_the_first_moment_belong_to_the_account(past: History, promise: Make) -> None:
    """
    2026-03-01 23:59 BTC-USD size 1, closed 23:59 with -5
    2026-03-02 00:00 BTC-USD size 1, closed 00:00 with -5
    2026-03-02 00:01 BTC-USD size 1
    """
    rule = promise("max_loss_per_day", amount=5, since="2026-03-02")
    found = breaches([rule], past, "UTC")
    assert [one.trade_id for one in found] == ["t03"]
    assert found[0].facts["lost"] == "5"


def test_hours_of_a_week_are_counted_in_minutes() -> None:
    assert minute("09:31") == 571
    day: dict[str, Json] = {"from": "09:00", "until": "17:00", "days": ["mon"]}
    assert allowed(day) == frozenset(range(540, 1_020))
    night: dict[str, Json] = {"from": "22:00", "until": "01:00", "days": ["sun"]}
    assert allowed(night) == frozenset([*range(6 * 1_440 + 1_320, 7 * 1_440), *range(60)])
    assert len(allowed({"from": "9:00", "until": "9:00", "days": ["tue"]})) == 1_440
    away = distances(day)
    assert len(away) == 10_080
    assert [away[m] for m in (539, 540, 1_019, 1_020, 0)] == [1, 0, 0, 1, 540]
    assert away[10_079] == 541  # from Sunday's last minute to nine on Monday
    assert away[1_019 + 5_000] == 10_080 + 540 - 6_019


def test_an_entry_outside_the_hours_is_told_on_the_traders_clock(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 07:59 BTC-USD size 1
    2026-03-02 08:00 BTC-USD size 1
    2026-03-02 15:59 BTC-USD size 1
    2026-03-02 16:05 BTC-USD size 1
    """
    rule = promise("trading_hours", **{"from": "09:00", "until": "17:00"})
    first, last = breaches([rule], past, "Europe/Prague")
    assert (first.facts["clock"], first.facts["margin"]) == ("mon 08:59", 1)
    assert (last.facts["clock"], last.facts["margin"]) == ("mon 17:05", 6)


def test_nine_in_ten_lie_within_z() -> None:
    from statistics import NormalDist

    assert pytest.approx(NormalDist().inv_cdf(0.95)) == Z90
