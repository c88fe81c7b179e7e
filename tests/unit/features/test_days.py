"""Local days of many moments are those that each moment's own calendar gives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from coach.engine.features.days import local_days
from coach.engine.features.zones import zone_named
from coach.errors import UsageError
from coach.model.times import microseconds

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
]


@pytest.mark.parametrize("zone", ZONES)
def test_days_agree_with_the_calendar_of_each_moment(zone: str) -> None:
    dice = np.random.default_rng(len(zone))
    start = datetime(2005, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=hour) for hour in range(0, 24 * 365 * 22, 7)]
    moments = [hour + timedelta(seconds=int(dice.integers(7200))) for hour in hours]
    moments_us = np.array([microseconds(moment) for moment in moments])
    expected = [moment.astimezone(ZoneInfo(zone)).toordinal() for moment in moments]
    assert (local_days(moments_us, zone) + date(1970, 1, 1).toordinal()).tolist() == expected


def test_the_day_that_samoa_skipped_has_no_moments() -> None:
    last_of_the_29th = microseconds(datetime(2011, 12, 30, 10, tzinfo=UTC))
    days = local_days(np.array([last_of_the_29th - 1, last_of_the_29th]), "Pacific/Apia")
    assert days[1] - days[0] == 2


def test_a_moment_before_1970_has_a_day_too() -> None:
    assert local_days(np.array([-1]), "Asia/Tokyo").tolist() == [0]
    assert local_days(np.array([-1]), "UTC").tolist() == [-1]


@pytest.mark.parametrize("name", ["Europe/Bonn", "", "../etc/passwd", "Europe", "Mars/Olympus\0"])
def test_a_zone_nobody_knows_is_refused_by_name(name: str) -> None:
    with pytest.raises(UsageError, match="takes a time zone"):
        zone_named(name)
