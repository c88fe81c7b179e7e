"""Times as people type them: the one parser of every command that takes one.

A text names a span of time, and `since` is its first microsecond, `until` the first one after it:
a year, a month, an ISO week, a day in the user's zone, written as ISO 8601 has it, or `today` and
`yesterday`. A time of day and `30d` (so long ago) are moments: a span of no length.

Where clocks jump over midnight, a day begins at the jump; a time that clocks show twice is the
first of the two. What would lie before the year 1 or after 9999 is the first or the last moment.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from coach.errors import UsageError
from coach.model.times import duration

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
AGO = re.compile(r"(\d{1,5})([dhw])", re.ASCII | re.IGNORECASE)
UNITS = {"h": timedelta(hours=1), "d": DAY, "w": timedelta(weeks=1)}
DATED = re.compile(r"(?P<day>[^Tt ]+)[Tt ](?P<time>[^Tt ]+)")
MIDNIGHT_AFTER = re.compile(r"24(:?00){0,2}(?P<zone>Z|[+-].*)?", re.ASCII)
TIME_OF_DAY = re.compile(r"\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?[0-5]\d)?)?", re.ASCII)
"""`time.fromisoformat` alone takes `10:00` with a NUL after it, and offsets of 99 minutes."""
NAMED_DAYS = {"today": timedelta(0), "yesterday": DAY}
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
HINT = (
    "write a day (2026-04-01), a week (2026-W14), a month (2026-04), a year,"
    " a time (2026-04-01T09:00:00Z), yesterday, or 30d for thirty days ago"
)

AHEAD_HINT = (
    "write a day (2026-12-31), a month (2027-01), a time (2026-12-31T17:00), tomorrow,"
    " 30d for in thirty days, or never"
)


DAY_HINT = "write a day as 2026-04-01, today or yesterday"


class _Days(NamedTuple):
    """Whole days: the first, and the first after them (None after the end of the calendar)."""

    first: date
    after: date | None


def since(text: str | None, zone: str, now: datetime) -> datetime | None:
    """Return the first moment of what the text names; days are those of `zone`."""
    return None if text is None else _read(text, zone, now)[0]


def until(text: str | None, zone: str, now: datetime) -> datetime | None:
    """Return the first moment after what the text names: a day or a week belongs to it whole."""
    return None if text is None else _read(text, zone, now)[1]


def ahead(text: str, zone: str, now: datetime) -> datetime:
    """Return the time that lies ahead of now: `30d` is in thirty days, `tomorrow` a day's first.

    Of a day, a week, a month or a year it is the first moment, which may lie in the past.
    """
    word = text.strip().lower().removeprefix("in ").strip()
    days = duration(word, "days")
    try:
        if days is not None:
            return now + timedelta(days=days)
        if word == "tomorrow":
            today = now.astimezone(_zone(zone)).date()
            return _span(_whole(today + DAY), zone)[0]
    except OverflowError:
        return LAST
    try:
        return _read(text, zone, now)[0]
    except UsageError as trouble:
        raise UsageError(AHEAD_HINT, what=str(trouble)) from trouble


def named_day(text: str, zone: str, now: datetime) -> date | None:
    """Return the one day that a text names, None where it names something else.

    UsageError for what looks like a day and is none, as `2026-02-30`.
    """
    word = text.strip()
    today = now.astimezone(_zone(zone)).date()
    match word.lower():
        case "today":
            return today
        case "yesterday":
            return today - DAY
        case "tomorrow":
            return today + DAY
    try:
        days = _days(word)
    except ValueError as trouble:
        raise UsageError(DAY_HINT, what=f"invalid day {text!r}: {trouble}") from trouble
    if days is None or days.after != _next_day(days.first):
        return None
    return days.first


def _read(text: str, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the span that a text names. UsageError: it names none."""
    word = text.strip()
    if ago := AGO.fullmatch(word):
        moment = _earlier(now, int(ago[1]) * UNITS[ago[2].lower()])
        return moment, moment
    if word.lower() in NAMED_DAYS:
        day = now.astimezone(_zone(zone)).date() - NAMED_DAYS[word.lower()]
        return _span(_Days(day, _next_day(day)), zone)
    try:
        days = _days(word)
        if days is not None:
            return _span(days, zone)
        moment = _moment_of_day(word, zone)
    except ValueError as trouble:
        why = f": {trouble}" if str(trouble) else ""
        raise UsageError(HINT, what=f"invalid time {text!r}{why}") from trouble
    return moment, moment


def _days(word: str) -> _Days | None:
    """Return the whole days that a calendar date names, None for a text of another form."""
    for form, read in FORMS.items():
        if match := form.fullmatch(word):
            return read(*map(int, match.groups()))
    return None


def _year(year: int) -> _Days:
    return _Days(date(year, 1, 1), date(year + 1, 1, 1) if year < date.max.year else None)


def _month(year: int, month: int) -> _Days:
    first = date(year, month, 1)
    if month < 12:  # noqa: PLR2004 -- December
        return _Days(first, date(year, month + 1, 1))
    return _Days(first, _year(year).after)


def _week(year: int, week: int) -> _Days:
    monday = date.fromisocalendar(year, week, 1)
    sunday = date.max if monday > date.max - 6 * DAY else monday + 6 * DAY
    return _Days(monday, _next_day(sunday))


def _day(year: int, month: int, day: int) -> _Days:
    return _whole(date(year, month, day))


def _day_of_week(year: int, week: int, day: int) -> _Days:
    return _whole(date.fromisocalendar(year, week, day))


def _day_of_year(year: int, day: int) -> _Days:
    first = date(year, 1, 1)
    if not 1 <= day <= (date(year, 12, 31) - first).days + 1:
        raise ValueError(f"{year} has no day {day}")
    return _whole(first + (day - 1) * DAY)


def _whole(day: date) -> _Days:
    return _Days(day, _next_day(day))


def _next_day(day: date) -> date | None:
    return None if day == date.max else day + DAY


FORMS: dict[re.Pattern[str], Callable[..., _Days]] = {
    re.compile(form, re.ASCII): read
    for form, read in (
        (r"(\d{4})", _year),
        (r"(\d{4})-(\d\d)", _month),
        (r"(\d{4})-?[Ww](\d\d)", _week),
        (r"(\d{4})-(\d\d)-(\d\d)", _day),
        (r"(\d{4})(\d\d)(\d\d)", _day),
        (r"(\d{4})-[Ww](\d\d)-(\d)", _day_of_week),
        (r"(\d{4})[Ww](\d\d)(\d)", _day_of_week),
        (r"(\d{4})-?(\d{3})", _day_of_year),
    )
}


def _span(days: _Days, zone: str) -> tuple[datetime, datetime]:
    """Return when the days begin and end where clocks show the zone's time."""
    after = LAST if days.after is None else _shown(datetime.combine(days.after, time()), zone)
    return _shown(datetime.combine(days.first, time()), zone), after


def _moment_of_day(word: str, zone: str) -> datetime:
    """Return the moment of a day and a time of day. ValueError: it is none."""
    parts = DATED.fullmatch(word)
    days = _days(parts["day"]) if parts else None
    if parts is None or days is None or days.after != _next_day(days.first):
        raise ValueError
    day: date | None = days.first
    clock = parts["time"].upper()
    if late := MIDNIGHT_AFTER.fullmatch(clock):
        day, clock = days.after, f"00:00{late['zone'] or ''}"
    if not TIME_OF_DAY.fullmatch(clock):
        raise ValueError
    if day is None:
        return LAST
    moment = datetime.combine(day, time.fromisoformat(clock))
    return _shown(moment, zone) if moment.tzinfo is None else _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


def _shown(local: datetime, zone: str) -> datetime:
    """Return the first moment at which clocks in the zone show this time or a later one."""
    place = _zone(zone)
    try:
        moment = local.replace(tzinfo=place).astimezone(UTC)
        if moment.astimezone(place).replace(tzinfo=None) == local:
            return moment
        return _jump(local, place)
    except OverflowError:
        return FIRST if local.year == 1 else LAST


def _jump(local: datetime, place: "ZoneInfo") -> datetime:
    """Return the second at which clocks jump over the local time."""
    whole = local.replace(microsecond=0, tzinfo=place)
    before, after = whole.replace(fold=1).astimezone(UTC), whole.astimezone(UTC)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(place).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return after


def _earlier(now: datetime, span: timedelta) -> datetime:
    try:
        return now - span
    except OverflowError:
        return FIRST


def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
