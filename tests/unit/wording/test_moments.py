"""Times as people type them: every text names a span, `since` is its first microsecond and
`until` the first one after it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from coach.errors import UsageError
from coach.model.times import MICROSECOND
from coach.wording.moments import LAST, ahead, named_day, since, until

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Santiago",  # in September clocks jump over midnight
    "America/Havana",  # midnight comes twice in November
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",  # 2011-12-30 never was
    "Pacific/Kiritimati",
)

Period = Callable[[date], object]
FORMS: tuple[tuple[str, Period], ...] = (
    ("%Y", lambda day: day.year),
    ("%Y-%m", lambda day: (day.year, day.month)),
    ("%G-W%V", lambda day: day.isocalendar()[:2]),
    ("%GW%V", lambda day: day.isocalendar()[:2]),
    ("%Y-%m-%d", lambda day: day),
    ("%Y%m%d", lambda day: day),
    ("%G-W%V-%u", lambda day: day),
    ("%GW%V%u", lambda day: day),
    ("%Y-%j", lambda day: day),
    ("%Y%j", lambda day: day),
)


def span(text: str, zone: str = "UTC") -> tuple[datetime, datetime]:
    begin, end = since(text, zone, NOW), until(text, zone, NOW)
    assert begin is not None
    assert end is not None
    return begin.astimezone(UTC), end.astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2025-W50", "2025-12-08", "2025-12-15"),
        ("20251211", "2025-12-11", "2025-12-12"),
        ("2025-12-11", "2025-12-11", "2025-12-12"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("2020-W53", "2020-12-28", "2021-01-04"),
        ("2026W01", "2025-12-29", "2026-01-05"),
        ("2025-W50-4", "2025-12-11", "2025-12-12"),
        ("2024-366", "2024-12-31", "2025-01-01"),
        ("yesterday", "2026-03-31", "2026-04-01"),
        ("today", "2026-04-01", "2026-04-02"),
        ("2025-12-11T24:00", "2025-12-12", "2025-12-12"),
    ],
)
def test_a_text_names_its_span_whole(text: str, first: str, after: str) -> None:
    assert span(text) == tuple(
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, after)
    )


@given(
    at=some.datetimes(datetime(1971, 1, 2), datetime(2099, 12, 30), timezones=some.just(UTC)),  # noqa: DTZ001 -- bounds are naive
    zone=some.sampled_from(ZONES),
    form=some.sampled_from(FORMS),
)
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", FORMS[4])
@example(datetime(2026, 9, 6, 4, tzinfo=UTC), "America/Santiago", FORMS[5])
@example(datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "America/Havana", FORMS[4])
@example(datetime(2011, 12, 30, 10, tzinfo=UTC), "Pacific/Apia", FORMS[2])
@example(datetime(2021, 1, 3, 23, 59, 59, 999999, tzinfo=UTC), "UTC", FORMS[2])
@example(datetime(2022, 3, 21, 20, 30, tzinfo=UTC), "Asia/Tehran", FORMS[1])
def test_a_span_holds_what_clocks_show_inside_it_and_nothing_else(
    at: datetime, zone: str, form: tuple[str, Period]
) -> None:
    pattern, period = form

    def shown(moment: datetime) -> object:
        return period(moment.astimezone(ZoneInfo(zone)).date())

    begin, end = span(at.astimezone(ZoneInfo(zone)).strftime(pattern), zone)
    assert begin <= at < end
    assert shown(begin) == shown(end - MICROSECOND) == shown(at)
    assert shown(begin - MICROSECOND) != shown(at) != shown(end)


@given(
    at=some.datetimes(datetime(1971, 1, 2), datetime(2099, 12, 30), timezones=some.just(UTC)),  # noqa: DTZ001 -- bounds are naive
    zone=some.sampled_from(ZONES),
)
def test_a_time_with_its_zone_is_that_moment_on_both_ends(at: datetime, zone: str) -> None:
    assert span(at.isoformat(), zone) == (at, at)
    assert span(at.strftime("%G-W%V-%uT%H:%M:%S.%fZ"), zone) == (at, at)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00Z"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30Z"),
        ("2026-10-04 02:15:00.25", "Australia/Lord_Howe", "2026-10-03T15:30Z"),
        ("20260401T0900", "Asia/Kathmandu", "2026-04-01T03:15Z"),
        ("2026-04-01T09", "UTC", "2026-04-01T09:00Z"),
        ("2026-04-01t09:00z", "Europe/Berlin", "2026-04-01T09:00Z"),
        ("9999-12-31T24:00Z", "UTC", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59-14:00", "UTC", "9999-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00+14:00", "UTC", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_without_a_zone_is_the_first_moment_that_clocks_show_it_or_a_later_one(
    text: str, zone: str, moment: str
) -> None:
    assert span(text, zone) == (datetime.fromisoformat(moment),) * 2


def test_so_long_ago_is_a_moment() -> None:
    assert span("30d") == (datetime(2026, 3, 2, 9, tzinfo=UTC),) * 2
    assert span("30D") == span("30d")
    assert span("2w") == (datetime(2026, 3, 18, 9, tzinfo=UTC),) * 2


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-W52", "9999-12-31", "9999-365"])
def test_the_last_day_of_all_has_no_day_after(text: str) -> None:
    assert until(text, "UTC", NOW) == datetime.max.replace(tzinfo=UTC)


def test_longer_ago_than_there_are_years_is_the_beginning() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    assert since("99999w", "UTC", NOW.replace(year=1900)) == first
    assert since("0001", "Asia/Tokyo", NOW) == first


def test_nothing_said_is_no_end() -> None:
    assert since(None, "UTC", NOW) is until(None, "UTC", NOW) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", "invalid time 'soon'"),
        ("", "invalid time ''"),
        ("2025-W53", "Invalid week: 53"),
        ("2025-13", "month must be in 1..12"),
        ("2026-02-29", "day is out of range for month"),
        ("2025-366", "2025 has no day 366"),
        ("2026-04-01T25:00", "hour must be in 0..23"),
        ("202512", "invalid time"),
        ("2025-W50T10:00", "invalid time"),
        ("2025T10:00", "invalid time"),
        ("٢٠٢٥", "invalid time"),
        ("2026-04-01T10:00\0", "invalid time"),
        ("2026-04-01T10:00\0Z", "invalid time"),
        ("2026-04-01T10:00+01:99", "invalid time"),
        ("2026-04-01T24:00+", "invalid time"),
    ],
)
def test_what_names_no_time_is_refused_and_says_why(text: str, why: str) -> None:
    for end in (since, until):
        with pytest.raises(UsageError, match=why):
            end(text, "UTC", NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30d", datetime(2026, 5, 1, 9, tzinfo=UTC)),
        ("in 4h", datetime(2026, 4, 1, 13, tzinfo=UTC)),
        ("2 weeks", datetime(2026, 4, 15, 9, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 4, 1, 22, tzinfo=UTC)),
        ("2026-12-31", datetime(2026, 12, 30, 23, tzinfo=UTC)),
        ("2026-12-31T17:00", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("2027", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("999999999w", LAST),
    ],
)
def test_a_time_ahead_counts_forwards(text: str, moment: datetime) -> None:
    assert ahead(text, "Europe/Berlin", NOW) == moment


@pytest.mark.parametrize("text", ["", "soon", "30", "-30d", "30x", "null"])
def test_a_text_that_names_no_time_ahead_is_told_the_forms(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        ahead(text, "UTC", NOW)
    assert "30d for in thirty days" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04", date(2026, 3, 4)),
        ("20260304", date(2026, 3, 4)),
        ("2026-W10-3", date(2026, 3, 4)),
        ("2026-063", date(2026, 3, 4)),
        ("Today", date(2026, 4, 1)),
        ("yesterday", date(2026, 3, 31)),
        ("tomorrow", date(2026, 4, 2)),
        ("9999-12-31", date(9999, 12, 31)),
        ("2026-W10", None),
        ("2026-03", None),
        ("30d", None),
        ("2026-03-04T09:00", None),
        ("3fa9c1", None),
    ],
)
def test_a_day_is_named_as_days_are_and_nothing_else_is_one(text: str, day: date | None) -> None:
    assert named_day(text, "UTC", NOW) == day


def test_today_is_the_day_of_the_zone() -> None:
    """09:00 UTC on 1 April is still 31 March in Pago Pago, at 22:00."""
    assert named_day("today", "Pacific/Pago_Pago", NOW) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["2026-02-30", "20261301", "2026-W54-1", "2026-366"])
def test_a_day_that_the_calendar_lacks_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="invalid day"):
        named_day(text, "UTC", NOW)
