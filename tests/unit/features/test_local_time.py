from datetime import UTC, datetime

import numpy as np

from coach.engine.features.local_time import hours, places_in_day, trader_days, trader_seconds
from coach.engine.features.trader import Trader
from coach.engine.statistics.arrays import Integers


def us(*moments: str) -> Integers:
    found = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in moments]
    return np.array([round(one.timestamp() * 1_000_000) for one in found], np.int64)


def read(trader: Trader, *moments: str) -> list[int]:
    local_s = trader_seconds(trader, us(*moments))
    assert local_s is not None
    return [int(hour) for hour in hours(local_s)]


def test_the_clock_goes_forward_and_back_with_the_zone() -> None:
    """Berlin: 2026-03-29 01:00 UTC from one to two hours, 2026-10-25 01:00 UTC back."""
    berlin = Trader(zone="Europe/Berlin")
    assert read(berlin, "2026-03-29T00:59", "2026-03-29T01:00") == [1, 3]
    assert read(berlin, "2026-10-25T00:59", "2026-10-25T01:00") == [2, 2]


def test_a_fixed_offset_stands_instead_of_the_zone() -> None:
    india = Trader(zone="Europe/Berlin", offset_minutes=330)
    assert read(india, "2026-03-29T01:00") == [6]


def test_an_unknown_zone_reads_nothing_and_its_days_are_those_of_utc() -> None:
    nowhere = Trader(zone="Mars/Olympus")
    assert trader_seconds(nowhere, us("2026-03-29T01:00")) is None
    assert trader_days(nowhere, us("1970-01-02T23:59")).tolist() == [1]
    assert trader_days(Trader(offset_minutes=60), us("1970-01-02T23:59")).tolist() == [2]


def test_each_moment_has_its_place_in_the_day() -> None:
    assert places_in_day(np.array([3, 3, 4, 3, 5])).tolist() == [1, 2, 1, 3, 1]
