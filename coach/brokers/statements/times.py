"""Times as statements print them, to the nanosecond, in UTC.

`on_clock` reads a time on the file's clock, where it does not name its own. `american` is month
first, for the oldest Coinbase export alone: anywhere else `01/02/2024` can be two days.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from coach.brokers.statements.unreadable import Unreadable, expected, shown

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Moment = tuple[datetime, int]
"""The time to the microsecond, and the nanoseconds (0-999) that a nine-digit fraction adds."""

_ISO = re.compile(
    r"(?P<year>\d{4}|\d{2})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]+|t)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_AMERICAN = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
    r"(?:[ ,]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[APap][Mm])?)?",
    re.ASCII,
)
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:[ ,T].*)?", re.ASCII)
_EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)


def on_clock(text: str, where: int, zone: tzinfo | None) -> Moment:
    """Read an ISO time; one that names no zone is on the clock of `zone`, or refused for None.

    A local time that comes twice, or never, because the clocks were changed is refused: what it
    was cannot be known from the cell.
    """
    text = text.strip()
    match = _ISO.fullmatch(text)
    if not match or len(match["year"]) != len("2024"):
        raise _no_time(text, where)
    return _read(match, text, where, zone)


def short_year_on_clock(text: str, where: int, zone: tzinfo | None) -> Moment:
    """Read what `on_clock` reads, and the same with a year of two digits: `24-03-15 10:30:00`."""
    text = text.strip()
    match = _ISO.fullmatch(text)
    if not match:
        raise _no_time(text, where)
    return _read(match, text, where, zone)


def _read(match: re.Match[str], text: str, where: int, zone: tzinfo | None) -> Moment:
    return _time_of(match, text, where, UTC if match["zone"] else zone)


def names_zone(text: str) -> bool | None:
    """Return whether a time names its own zone; None where it is no ISO time at all."""
    match = _ISO.fullmatch(text.strip())
    return bool(match["zone"]) if match else None


def _no_time(text: str, where: int) -> Unreadable:
    if _EPOCH.fullmatch(text):
        reason = f"expected a time such as 2024-03-15T10:30:00Z, found the bare number {text[:20]}"
        return Unreadable(where, reason)
    if _DAY_OR_MONTH_FIRST.fullmatch(text):
        reason = (
            f"day and month of {shown(text)} cannot be told apart: expected the year first, as in"
            " 2024-03-15 10:30:00; a spreadsheet may have rewritten it: use the file as downloaded"
        )
        return Unreadable(where, reason)
    return expected(where, "a time such as 2024-03-15T10:30:00Z", text)


def american(text: str, where: int, zone: tzinfo | None) -> Moment:
    """Read `03/15/2024` or `03/15/2024 10:30 PM` on the clock; also what `on_clock` reads."""
    text = text.strip()
    match = _AMERICAN.fullmatch(text)
    if not match:
        return on_clock(text, where, zone)
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    try:
        at = datetime(
            int(match["year"]),
            int(match["month"]),
            int(match["day"]),
            hour,
            int(match["minute"] or 0),
            int(match["second"] or 0),
            tzinfo=zone,
        )
    except ValueError:
        raise expected(where, "a date such as 03/15/2019", text) from None
    return _in_range(_instant(at, text, where), text, where), 0


def _time_of(match: re.Match[str], text: str, where: int, zone: tzinfo | None) -> Moment:
    year = int(match["year"])
    clock = (int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    day = (
        year if len(match["year"]) == len("2024") else 2000 + year,
        int(match["month"]),
        int(match["day"]),
    )
    try:
        own = _zone(match["zone"]) if match["zone"] else zone
    except ValueError:
        raise expected(where, "a time that exists", text) from None
    return moment(LocalTime(day, clock, match["fraction"] or ""), text, where, own)


class LocalTime(NamedTuple):
    """A date, a time of day, and the digits behind its seconds."""

    day: tuple[int, int, int]
    clock: tuple[int, int, int]
    fraction: str = ""


def moment(local: LocalTime, text: str, where: int, zone: tzinfo | None) -> Moment:
    """Return a local time on a clock as an instant; `text` is the cell that said it."""
    if zone is None:
        reason = f"the time {shown(text)} has no zone: write 2024-03-15T10:30:00Z, or +01:00 for Z"
        raise Unreadable(where, reason)
    fraction = local.fraction.ljust(9, "0") if local.fraction else ""
    micros = int(fraction[:6]) if fraction else 0
    try:
        at = datetime(*local.day, *local.clock, micros, tzinfo=zone)
        at = at if zone is UTC else _instant(at, text, where)
    except (ValueError, OverflowError):
        raise expected(where, "a time that exists", text) from None
    return _in_range(at, text, where), int(fraction[6:]) if fraction else 0


def _instant(at: datetime, text: str, where: int) -> datetime:
    """Return the UTC instant of a local time; Unreadable where the clocks make it two or none."""
    instant = at.astimezone(UTC)
    if isinstance(at.tzinfo, timezone | None) or instant == at.replace(fold=1).astimezone(UTC):
        return instant
    back = instant.astimezone(at.tzinfo).replace(tzinfo=None, fold=0)
    if back == at.replace(tzinfo=None):
        first, second = (f"{at.replace(fold=fold):%z}" for fold in (0, 1))
        reason = f"{shown(text)} comes twice when the clocks go back: add {first} or {second} to it"
    else:
        reason = f"{shown(text)} never was: the clocks were put forward over it; is the zone right?"
    raise Unreadable(where, reason)


def _zone(zone: str) -> timezone:
    if zone in "ZzUTC":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _in_range(at: datetime, text: str, where: int) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise expected(where, "a time between 1970 and 2199", text)
    return at
