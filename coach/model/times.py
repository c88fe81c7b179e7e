"""Instants as microseconds since 1970 UTC, and the units of spans.

A name says its unit: `HOUR_US` are microseconds, `HOUR_S` seconds.
"""

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


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 UTC of an aware time."""
    since = moment - EPOCH
    return (since.days * DAY_S + since.seconds) * SECOND_US + since.microseconds


def instant(at_us: int) -> datetime:
    """Return the time, in UTC, of so many microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=at_us)
