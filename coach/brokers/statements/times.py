"""Times as statements print them, to the nanosecond, in UTC.

`zoned` takes only a time that says its zone. `utc` also takes a naive one and is for the exports
whose broker documents UTC. `american` is month first, for the oldest Coinbase export alone:
anywhere else `01/02/2024` can be two days.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

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
_EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)


def zoned(text: str, where: int) -> Moment:
    """Read an RFC 3339 time; one without a zone is refused with how to write it."""
    text = text.strip()
    match = _ISO.fullmatch(text)
    if match and match["zone"] and len(match["year"]) == len("2024"):
        return _moment(match, text, where)
    if match:
        reason = f"the time {shown(text)} has no zone: write 2024-03-15T10:30:00Z, or +01:00 for Z"
        raise Unreadable(where, reason)
    if _EPOCH.fullmatch(text):
        reason = f"expected a time such as 2024-03-15T10:30:00Z, found the bare number {text[:20]}"
        raise Unreadable(where, reason)
    raise expected(where, "a time such as 2024-03-15T10:30:00Z", text)


def utc(text: str, where: int) -> Moment:
    """Read a time of an export that is in UTC by its broker's word."""
    text = text.strip()
    match = _ISO.fullmatch(text)
    if not match:
        raise expected(where, "a time such as 2024-03-15 10:30:00", text)
    return _moment(match, text, where)


def american(text: str, where: int) -> Moment:
    """Read `03/15/2024` or `03/15/2024 10:30 PM`, UTC; also what `utc` reads."""
    text = text.strip()
    match = _AMERICAN.fullmatch(text)
    if not match:
        return utc(text, where)
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
            tzinfo=UTC,
        )
    except ValueError:
        raise expected(where, "a date such as 03/15/2019", text) from None
    return _in_range(at, text, where), 0


def _moment(match: re.Match[str], text: str, where: int) -> Moment:
    year = int(match["year"])
    fraction = (match["fraction"] or "").ljust(9, "0")
    try:
        at = datetime(
            year if len(match["year"]) == len("2024") else 2000 + year,
            int(match["month"]),
            int(match["day"]),
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"] or 0),
            int(fraction[:6]),
            tzinfo=_zone(match["zone"]),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        raise expected(where, "a time that exists", text) from None
    return _in_range(at, text, where), int(fraction[6:])


def _zone(zone: str | None) -> timezone:
    if not zone or zone in "ZzUTC":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _in_range(at: datetime, text: str, where: int) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise expected(where, "a time between 1970 and 2199", text)
    return at
