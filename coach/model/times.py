"""Instants as microseconds since 1970 UTC, and the units of spans.

A name says its unit: `HOUR_US` are microseconds, `HOUR_S` seconds.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

MINUTE_S: Final = 60
HOUR_S: Final = 60 * MINUTE_S
DAY_S: Final = 24 * HOUR_S

SECOND_US: Final = 1_000_000
MINUTE_US: Final = MINUTE_S * SECOND_US
HOUR_US: Final = HOUR_S * SECOND_US
DAY_US: Final = DAY_S * SECOND_US
WEEK_US: Final = 7 * DAY_US

UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE_S),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR_S),
    **dict.fromkeys(("d", "day", "days"), DAY_S),
    **dict.fromkeys(("w", "week", "weeks"), 7 * DAY_S),
}
SECONDS_OF: Final[Mapping[str, int]] = {"minutes": MINUTE_S, "hours": HOUR_S, "days": DAY_S}
TWO_DIGITS: Final = tuple(f"{number:02}" for number in range(60))
FIRST_OF_FOUR_DIGITS: Final = 1000
PIECE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]{1,7})\s*", re.ASCII)


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 UTC of an aware time."""
    since = moment - EPOCH
    return (since.days * DAY_S + since.seconds) * SECOND_US + since.microseconds


def iso_text(moment: datetime) -> str:
    """Return what `isoformat` returns, for a usual time in less than half of its time."""
    if moment.microsecond or moment.tzinfo is not UTC or moment.year < FIRST_OF_FOUR_DIGITS:
        return moment.isoformat()
    two = TWO_DIGITS
    return (
        f"{moment.year}-{two[moment.month]}-{two[moment.day]}T{two[moment.hour]}"
        f":{two[moment.minute]}:{two[moment.second]}+00:00"
    )


def instant(at_us: int) -> datetime:
    """Return the time, in UTC, of so many microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=at_us)


def duration(text: str, unit: str) -> float | None:
    """Return a span of time (`90s`, `4h`, `1h30m`, `2 weeks`) in this unit; None for another text.

    A whole number of the unit is an int.
    """
    word = text.strip().lower()
    seconds, place = 0.0, 0
    while place < len(word):
        piece = PIECE.match(word, place)
        if piece is None or piece[2] not in UNITS:
            return None
        seconds += float(piece[1]) * UNITS[piece[2]]
        place = piece.end()
    if not word:
        return None
    found = seconds / SECONDS_OF[unit]
    return int(found) if found.is_integer() else found
