"""An ISO week of a time zone: from Monday's first instant to the next Monday's.

A week is written `2026-W14`. It is 168 hours long except where clocks change, and six days
where a zone skipped one (Pacific/Apia, 2011-W52).
"""

import re
from datetime import UTC, date, datetime, timedelta

from coach.engine.features.zones import change, offset, zone_named
from coach.errors import Invalid
from coach.model.times import DAY_S, EPOCH, SECOND_US, instant

FIRST_YEAR = 1970
LAST_YEAR = 2999
WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")
TYPED = re.compile(r"\s*([0-9]{4})-?[Ww]([0-9]{2})\s*")


def monday(week: str) -> date:
    """Return the Monday of a week written `2026-W14`; Invalid when there is no such week."""
    written = WRITTEN.fullmatch(week)
    if written is None:
        raise _no_such_week(week, "a week is written like 2026-W14")
    year, number = int(written[1]), int(written[2])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _no_such_week(week, f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError:
        last = date(year, 12, 28).isocalendar().week
        raise _no_such_week(week, f"the weeks of {year} go from 01 to {last}") from None


def week_named(text: str) -> str:
    """Return the week that a person typed, also as `2026W14`; Invalid when there is none."""
    week = TYPED.sub(r"\1-W\2", text) if TYPED.fullmatch(text) else text
    return week_on(monday(week))


def week_on(day: date) -> str:
    """Return the week a date lies in. In early January it may be of the year before."""
    year, number, _ = day.isocalendar()
    return f"{year:04d}-W{number:02d}"


def week_at(moment: datetime, zone: str) -> str:
    """Return the week that a moment lies in, where the zone's clocks stand."""
    return week_on(moment.astimezone(zone_named(zone)).date())


def week_before(week: str) -> str:
    """Return the week before."""
    return week_on(monday(week) - timedelta(days=7))


def bounds(week: str, zone: str) -> tuple[int, int]:
    """Return the first microsecond of the week and the first after it, since 1970 UTC."""
    first = monday(week)
    return day_start(first, zone), day_start(first + timedelta(days=7), zone)


def span(week: str, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of the week and the first after it, in UTC."""
    start, end = bounds(week, zone)
    return instant(start), instant(end)


def day_start(day: date, zone: str) -> int:
    """Return the first microsecond of a local date, which is not midnight everywhere."""
    place = zone_named(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=place)
    second = (midnight.astimezone(UTC) - EPOCH) // timedelta(seconds=1)
    if second + offset(place, second) != (day - EPOCH.date()).days * DAY_S:
        # clocks jumped over midnight: the day began at the jump
        second = change(place, second - DAY_S, second)
    return second * SECOND_US


def _no_such_week(week: str, why: str) -> Invalid:
    return Invalid("week", f"not {week!r}: {why}", "a year and a week, as 2026-W14")
