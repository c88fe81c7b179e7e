"""Times to the nanosecond in UTC, and none guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.statements.times import american, on_clock, short_year_on_clock
from coach.brokers.statements.unreadable import Unreadable


@pytest.mark.parametrize(
    ("text", "at", "nanos"),
    [
        ("2024-03-15T10:30:00Z", datetime(2024, 3, 15, 10, 30, tzinfo=UTC), 0),
        ("2024-03-15t10:30:00z", datetime(2024, 3, 15, 10, 30, tzinfo=UTC), 0),
        ("2024-03-15 10:30:00+01:00", datetime(2024, 3, 15, 9, 30, tzinfo=UTC), 0),
        ("2024-03-15T00:30:00-0730", datetime(2024, 3, 15, 8, 0, tzinfo=UTC), 0),
        ("2024-03-15T10:30:00.5Z", datetime(2024, 3, 15, 10, 30, 0, 500_000, tzinfo=UTC), 0),
        ("2023-10-31T22:10:12.473787913Z", datetime(2023, 10, 31, 22, 10, 12, 473787, UTC), 913),
        ("2024-03-15 10:30:00 UTC", datetime(2024, 3, 15, 10, 30, tzinfo=UTC), 0),
    ],
)
def test_a_zoned_time_is_read_to_the_nanosecond(text: str, at: datetime, nanos: int) -> None:
    assert on_clock(text, 0, None) == (at, nanos)


def test_a_naive_time_is_refused_with_how_to_write_it() -> None:
    with pytest.raises(Unreadable, match="no zone: write 2024-03-15T10:30:00Z"):
        on_clock("2024-03-15T10:30:00", 0, None)


@pytest.mark.parametrize("text", ["1710498600", "1710498600000", "1710498600.25"])
def test_an_epoch_is_named_as_a_bare_number(text: str) -> None:
    with pytest.raises(Unreadable, match="found the bare number"):
        on_clock(text, 0, None)


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "2024-02-30T00:00:00Z", "2024-03-15T24:00:01Z", "1969-12-31T23:59:59Z"),
        *("2200-01-01T00:00:00Z", "15/03/2024 10:30", "24-03-15T10:30:00Z", "2024-03-15"),
        *("2024-03-15T10:30:00+99:99", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        on_clock(text, 0, None)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2023-06-19 13:34:05.4856", datetime(2023, 6, 19, 13, 34, 5, 485_600, tzinfo=UTC)),
        ("24-03-08 10:15:42", datetime(2024, 3, 8, 10, 15, 42, tzinfo=UTC)),
        ("2025-01-17 16:57:02 UTC", datetime(2025, 1, 17, 16, 57, 2, tzinfo=UTC)),
        ("2020-09-27T18:36:58Z", datetime(2020, 9, 27, 18, 36, 58, tzinfo=UTC)),
    ],
)
def test_an_export_in_utc_may_leave_the_zone_out(text: str, at: datetime) -> None:
    assert short_year_on_clock(text, 0, UTC) == (at, 0)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("03/15/2019", datetime(2019, 3, 15, tzinfo=UTC)),
        ("3/5/2019 1:05 PM", datetime(2019, 3, 5, 13, 5, tzinfo=UTC)),
        ("03/15/2019 12:00:01 am", datetime(2019, 3, 15, 0, 0, 1, tzinfo=UTC)),
        ("2019-03-15T10:30:00Z", datetime(2019, 3, 15, 10, 30, tzinfo=UTC)),
    ],
)
def test_the_oldest_export_writes_the_month_first(text: str, at: datetime) -> None:
    assert american(text, 0, UTC) == (at, 0)


def test_a_thirteenth_month_is_no_date() -> None:
    with pytest.raises(Unreadable):
        american("15/03/2019", 0, UTC)


def test_elsewhere_a_date_with_strokes_is_not_guessed() -> None:
    with pytest.raises(Unreadable):
        short_year_on_clock("03/04/2019", 0, UTC)


@given(st.integers(0, 7_000_000_000_000_000))
def test_a_time_survives_printing_and_reading(microseconds: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    assert on_clock(at.isoformat(), 0, None) == (at, 0)


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    for read in (on_clock, short_year_on_clock, american):
        try:
            at, nanos = read(text, 0, ZoneInfo("Europe/Madrid"))
        except Unreadable:
            continue
        assert at.tzinfo is UTC
        assert 0 <= nanos < 1000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-03-15 10:30:00", datetime(2024, 3, 15, 9, 30, tzinfo=UTC)),
        ("2024-07-15 10:30", datetime(2024, 7, 15, 8, 30, tzinfo=UTC)),
        ("2024-07-15T10:30:00-05:00", datetime(2024, 7, 15, 15, 30, tzinfo=UTC)),
        ("2024-10-27 01:59:59", datetime(2024, 10, 26, 23, 59, 59, tzinfo=UTC)),
        ("2024-10-27 03:00:00", datetime(2024, 10, 27, 2, tzinfo=UTC)),
        ("2024-03-31 03:00:00", datetime(2024, 3, 31, 1, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_read_on_the_clock_of_the_file(text: str, at: datetime) -> None:
    assert on_clock(text, 0, ZoneInfo("Europe/Madrid")) == (at, 0)


def test_a_time_in_the_hour_that_comes_twice_asks_for_its_offset() -> None:
    with pytest.raises(Unreadable, match=r"comes twice .* add \+0200 or \+0100"):
        on_clock("2024-10-27 02:30:00", 0, ZoneInfo("Europe/Madrid"))


def test_the_offset_that_was_asked_for_is_read() -> None:
    read = on_clock("2024-10-27 02:30:00+0100", 0, ZoneInfo("Europe/Madrid"))
    assert read == (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), 0)


def test_a_time_in_the_hour_that_is_left_out_never_was() -> None:
    with pytest.raises(Unreadable, match="never was"):
        on_clock("2024-03-31 02:30:00", 0, ZoneInfo("Europe/Madrid"))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 -- local on purpose
def test_what_is_read_on_a_clock_prints_there_as_it_stood(local: datetime) -> None:
    madrid = ZoneInfo("Europe/Madrid")
    try:
        at, _ = on_clock(local.isoformat(" "), 0, madrid)
    except Unreadable:
        return
    assert at.astimezone(madrid).replace(tzinfo=None, fold=0) == local
