"""Days that begin at an hour of a programme's zone, also where the clocks change."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.features.history import History
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.programmes.days import ProgrammeDays, begin_us, programme_days
from coach.engine.rules.schema import sentence
from coach.model.rules import Rule
from coach.model.times import SECOND_US, instant, microseconds

Make = Callable[..., Rule]
ZONES = ("UTC", "Europe/Prague", "America/New_York", "America/Chicago", "America/Sao_Paulo")
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2017, 2027))


def ids(rule: Rule, past: History, zone: str = "UTC") -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, zone)]


def test_a_day_begins_at_the_hour_of_the_programme(past: History, promise: Make) -> None:
    """
    2026-03-02 21:50 BTC-USD size 100, closed 21:59 with -500
    2026-03-02 21:59 BTC-USD size 100
    2026-03-02 22:00 BTC-USD size 100
    """
    new_york = promise("max_loss_per_day", amount=500, reset="17:00", zone="America/New_York")
    assert ids(new_york, past) == ["t02"]
    assert ids(promise("max_loss_per_day", amount=500), past) == ["t02", "t03"]
    assert sentence(new_york) == (
        "No new trades once the day's loss reaches 500 in one currency;"
        " days begin at 17:00 in America/New_York"
    )


def test_the_hour_follows_the_clocks_of_its_zone(past: History, promise: Make) -> None:
    """
    2026-03-27 22:50 BTC-USD size 100, closed 22:55 with -500
    2026-03-27 22:59 BTC-USD size 100
    2026-03-27 23:00 BTC-USD size 100
    2026-03-30 21:50 BTC-USD size 100, closed 21:55 with -500
    2026-03-30 21:59 BTC-USD size 100
    2026-03-30 22:00 BTC-USD size 100
    """
    rule = promise("max_loss_per_day", amount=500, zone="Europe/Prague")
    assert ids(rule, past, "Asia/Tokyo") == ["t02", "t05"]


def test_an_hour_that_comes_twice_begins_one_day(past: History, promise: Make) -> None:
    """
    2026-11-01 05:20 BTC-USD size 100, closed 05:25 with -500
    2026-11-01 05:45 BTC-USD size 100
    2026-11-01 06:15 BTC-USD size 100
    """
    rule = promise("max_loss_per_day", amount=500, reset="01:30", zone="America/New_York")
    assert ids(rule, past) == []
    rule = promise("max_loss_per_day", amount=500, reset="01:00", zone="America/New_York")
    assert ids(rule, past) == ["t02", "t03"]


def test_a_day_of_the_account_is_of_its_own_equity(past: History, promise: Make) -> None:
    """
    2026-03-01 09:00 BTC-USD size 100, closed 09:10 with 9000
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1000
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with -505
    2026-03-03 09:20 BTC-USD size 100
    """
    given: dict[str, str | int] = {"percent": 5, "currency": "USD", "account_size": 10_000}
    assert ids(promise("max_loss_per_day", **given), past) == []
    assert ids(promise("max_loss_per_day", **given, since="2026-03-02"), past) == []
    tighter = {**given, "percent": 4.59}
    assert ids(promise("max_loss_per_day", **tighter, since="2026-03-02"), past) == ["t04"]
    assert ids(promise("max_loss_per_day", **tighter), past) == []


def test_midnight_in_the_traders_own_zone_is_what_a_day_was(past: History, promise: Make) -> None:
    """
    2026-03-02 22:00 BTC-USD size 100, closed 22:30 with -500
    2026-03-02 22:45 BTC-USD size 100
    2026-03-02 23:30 BTC-USD size 100
    """
    plain = promise("max_loss_per_day", amount=200)
    named = promise("max_loss_per_day", amount=200, reset="0:00")
    assert ids(plain, past, "Europe/Berlin") == ids(named, past, "Europe/Berlin") == ["t02"]


@given(
    st.lists(st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)), max_size=30),
    st.sampled_from(ZONES),
    st.integers(0, 1_439),
)
def test_days_never_run_backwards_and_each_begins_at_its_hour(
    moments: list[datetime], zone: str, minute: int
) -> None:
    days = ProgrammeDays(zone, minute * 60, 0)
    at_us = np.array(sorted(microseconds(one.replace(tzinfo=UTC)) for one in moments), np.int64)
    found = days.of(at_us)
    assert (np.diff(found) >= 0).all()
    for one, day in zip(at_us.tolist(), found.tolist(), strict=True):
        # in the hour that a clock leaves out a day begins with what comes after
        gap = 3_600 * SECOND_US
        assert begin_us(day, zone, minute * 60) - gap < one
        assert one < begin_us(day + 1, zone, minute * 60)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-07-01"])
def test_the_first_day_begins_at_the_hour_of_its_zone(day: str) -> None:
    days = programme_days({"since": day, "reset": "17:00", "zone": "Europe/Prague"}, "UTC")
    there = instant(days.since_us).astimezone(ZoneInfo("Europe/Prague"))
    assert there.strftime("%Y-%m-%d %H:%M") == f"{day} 17:00"
