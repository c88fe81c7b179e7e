"""Kraken's times: seconds since 1970 with a fraction, as exact digits and not as a float."""

from datetime import datetime, timedelta
from decimal import Decimal

from coach.model.times import EPOCH

LAST_SECOND = 253_402_300_799
NANOSECONDS = 1_000_000_000


def moment_of(value: object) -> tuple[datetime, int] | None:
    """Return a time to the microsecond, and the nanoseconds that it has beside; None for none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or not 0 < number < LAST_SECOND:
        return None
    total = int(number * NANOSECONDS)
    return EPOCH + timedelta(microseconds=total // 1000), total % 1000


def seconds_moment(value: object) -> datetime | None:
    """Return the time of whole seconds that are written as a text; None for zero and for none."""
    text = str(value)
    if not isinstance(value, int | str) or isinstance(value, bool) or not text.isdecimal():
        return None
    number = int(text) if len(text) <= len(str(LAST_SECOND)) else 0
    return EPOCH + timedelta(seconds=number) if 0 < number < LAST_SECOND else None
