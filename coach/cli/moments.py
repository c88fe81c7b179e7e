"""Times as people type them: a date, a time, or so long ago."""

import re
from datetime import datetime, timedelta

from coach.errors import UsageError

AGO = re.compile(r"(\d{1,5})([dhw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
HINT = "write 2026-04-01, 2026-04-01T09:00:00Z, or 30d for thirty days ago"


def since(text: str | None, zone: str, now: datetime) -> datetime | None:
    """Return the moment a span begins: a date begins at its midnight in `zone`."""
    return None if text is None else _moment(text, zone, now)


def until(text: str | None, zone: str, now: datetime) -> datetime | None:
    """Return the moment a span ends, itself outside: a date belongs to it whole."""
    if text is None:
        return None
    moment = _moment(text, zone, now)
    try:
        return moment + timedelta(days=1) if DATE.fullmatch(text) else moment
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)


def _moment(text: str, zone: str, now: datetime) -> datetime:
    if ago := AGO.fullmatch(text):
        return _earlier(now, int(ago[1]) * UNITS[ago[2]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as trouble:
        raise UsageError(HINT, what=f"{text!r} is no time") from trouble
    if moment.tzinfo:
        return moment
    from zoneinfo import ZoneInfo

    return moment.replace(tzinfo=ZoneInfo(zone))


def _earlier(now: datetime, span: timedelta) -> datetime:
    try:
        return now - span
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)
