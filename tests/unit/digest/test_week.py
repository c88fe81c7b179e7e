"""A week is Monday to Monday where the trader's clocks stand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.digest.week import (
    bounds,
    day_start,
    monday,
    span,
    week_at,
    week_before,
    week_named,
    week_on,
)
from coach.errors import UsageError

HOUR = timedelta(hours=1)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
]


def hours(week: str, zone: str) -> float:
    start, end = span(week, zone)
    return (end - start) / HOUR


@pytest.mark.parametrize(
    ("week", "zone", "start"),
    [
        ("2026-W14", "UTC", "2026-03-30T00:00:00+00:00"),
        ("2026-W14", "Europe/Berlin", "2026-03-29T22:00:00+00:00"),
        ("2026-W14", "Asia/Kathmandu", "2026-03-29T18:15:00+00:00"),
        ("2026-W14", "Pacific/Apia", "2026-03-29T11:00:00+00:00"),
        ("2026-W01", "UTC", "2025-12-29T00:00:00+00:00"),
        ("2020-W53", "America/New_York", "2020-12-28T05:00:00+00:00"),
    ],
)
def test_a_week_begins_on_the_zones_monday(week: str, zone: str, start: str) -> None:
    assert span(week, zone)[0].isoformat() == start


@pytest.mark.parametrize(
    ("week", "zone", "length"),
    [
        ("2026-W14", "Europe/Berlin", 168),
        ("2026-W13", "Europe/Berlin", 167),
        ("2026-W43", "Europe/Berlin", 169),
        ("2026-W40", "Australia/Lord_Howe", 167.5),
        ("2011-W52", "Pacific/Apia", 144),
        ("2026-W13", "Asia/Kathmandu", 168),
    ],
)
def test_a_week_is_as_long_as_its_clocks_make_it(week: str, zone: str, length: float) -> None:
    assert hours(week, zone) == length


def test_a_day_whose_midnight_was_skipped_begins_at_the_jump() -> None:
    """In Toronto the clocks went from 23:30 to 00:30 on 1919-03-30."""
    begun = datetime(1919, 3, 31, 0, 30, tzinfo=ZoneInfo("America/Toronto"))
    start = day_start(date(1919, 3, 31), "America/Toronto")
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=start) == begun


@given(some.dates(date(1990, 1, 1), date(2037, 12, 1)), some.sampled_from(ZONES))
def test_weeks_lie_side_by_side(day: date, zone: str) -> None:
    week = week_on(day)
    start, end = bounds(week, zone)
    assert start < end
    assert bounds(week_before(week), zone)[1] == start


@given(some.dates(date(1990, 1, 1), date(2037, 12, 1)), some.sampled_from(ZONES))
def test_the_ends_of_a_week_lie_in_it_and_beside_it(day: date, zone: str) -> None:
    week = week_on(day)
    start, end = span(week, zone)
    assert week_at(start, zone) == week_at(end - timedelta(microseconds=1), zone) == week
    assert week_before(week_at(end, zone)) == week


def test_new_year_may_lie_in_the_last_week_of_the_old_year() -> None:
    assert week_on(date(2027, 1, 1)) == "2026-W53"
    assert week_on(date(2025, 12, 29)) == "2026-W01"
    assert week_before("2027-W01") == "2026-W53"
    assert week_before("2026-W01") == "2025-W52"


@pytest.mark.parametrize(
    ("week", "why"),
    [
        ("2026-W54", "the weeks of 2026 go from 01 to 53"),
        ("2025-W53", "the weeks of 2025 go from 01 to 52"),
        ("2026-W00", "the weeks of 2026 go from 01 to 53"),
        ("1969-W52", "years go from 1970 to 2999"),
        ("3000-W01", "years go from 1970 to 2999"),
        ("2026-14", "a week is written like 2026-W14"),
        ("2026-w14", "a week is written like 2026-W14"),
        ("2026-W1", "a week is written like 2026-W14"),
        ("2026-W\u0660\u0661", "a week is written like 2026-W14"),
        ("2026-W14\n", "a week is written like 2026-W14"),
        ("", "a week is written like 2026-W14"),
    ],
)
def test_a_week_that_is_none_says_why(week: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        monday(week)
    assert str(caught.value) == f"week takes a year and a week, as 2026-W14, not {week!r}: {why}"


@pytest.mark.parametrize("text", ["2026-W14", "2026W14", "2026-w14", " 2026-W14\n"])
def test_a_week_has_one_name_however_it_is_typed(text: str) -> None:
    assert week_named(text) == "2026-W14"
