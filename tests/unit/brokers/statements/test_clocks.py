"""What a file says of its clock, and what settles nothing."""

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from coach.brokers.statements.clocks import (
    find_zone,
    in_file_name,
    in_label,
    in_preamble,
    name_of,
)

AMBIGUOUS = ("EST", "Update Time", "local")


@pytest.mark.parametrize(
    ("label", "stem", "clock"),
    [
        ("date(utc)", "date", "UTC"),
        ("date(utc+1)", "date", "UTC+1"),
        ("date(utc+02:00)", "date", "UTC+2"),
        ("date(utc--6)", "date", "UTC-6"),
        ("time (utc+5:30)", "time", "UTC+5:30"),
        ("时间\uff08utc+8\uff09", "时间", "UTC+8"),
        ("utc_time", "time", "UTC"),
        ("fecha utc", "fecha", "UTC"),
        ("date (gmt)", "date", "UTC"),
        ("create_time_utc", "create time", "UTC"),
        ("open time (new york)", "open time", "America/New_York"),
        ("zeit (berlin)", "zeit", "Europe/Berlin"),
        ("date [europe/madrid]", "date", "Europe/Madrid"),
    ],
)
def test_a_header_names_its_clock(label: str, stem: str, clock: str) -> None:
    found, named = in_label(label)
    assert named is not None
    assert named.zone is not None
    assert (found, name_of(named.zone)) == (stem, clock)


@pytest.mark.parametrize(
    "label",
    ["date(utcnull)", "time (est)", "update time (edt)", "time (local)", "date (utc+25)"],
)
def test_a_clock_that_can_be_two_is_none(label: str) -> None:
    _, named = in_label(label)
    assert named is not None
    assert named.zone is None


@pytest.mark.parametrize(
    "label",
    ["date", "timestamp", "price (usd)", "date (dd/mm/yyyy)", "total (inclusive of fees)", "fee"],
)
def test_a_header_without_a_clock_stays_as_it_is(label: str) -> None:
    assert in_label(label) == (label, None)


@pytest.mark.parametrize(
    ("line", "clock"),
    [
        ("UID:1,Account Type:Unified,Time Zone:UTC+8", "UTC+8"),
        ("Timezone,Europe/Madrid", "Europe/Madrid"),
        ("时区\uff1aUTC-3", "UTC-3"),
    ],
)
def test_a_line_above_the_header_names_the_zone(line: str, clock: str) -> None:
    named = in_preamble(["Report", line])
    assert named is not None
    assert named.text == clock


def test_the_moment_a_report_was_made_is_not_its_zone() -> None:
    assert in_preamble(["Date Generated: 2023-12-04 23:13:13 UTC"]) is None


@pytest.mark.parametrize(
    ("name", "clock"),
    [("trades(UTC+3)-part1-of1.csv", "UTC+3"), ("x (UTC--6).csv", "UTC-6"), ("x [utc].csv", "UTC")],
)
def test_a_file_name_may_carry_the_clock(name: str, clock: str) -> None:
    named = in_file_name(name)
    assert named is not None
    assert named.text == clock


@pytest.mark.parametrize("name", ["trades.csv", "trades (1).csv", "utc.csv", "utc+2.csv"])
def test_a_file_name_without_a_bracketed_clock_says_nothing(name: str) -> None:
    assert in_file_name(name) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("UTC", UTC),
        ("utc+2", timezone(timedelta(hours=2))),
        ("-03:30", timezone(timedelta(hours=-3, minutes=-30))),
        ("europe/madrid", ZoneInfo("Europe/Madrid")),
        ("New York", ZoneInfo("America/New_York")),
        ("UTC+15", None),
        ("nowhere", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_found_by_name_offset_or_city(text: str, zone: object) -> None:
    assert find_zone(text) == zone
