"""Dates of any export, read under one order of day, month and year.

A cell holds a date and perhaps a time, in either sequence (`19:34 2026-02-28`), with or without a
zone of its own. What the order is, a cell alone cannot say: `01/02/2024` is two days. `orders_of`
says which orders a cell allows, and a file's order is the one that all its cells allow.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple

from coach.brokers.statements import times
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import expected

DateOrder = Literal["ymd", "dmy", "mdy", "epoch"]

ORDERS: tuple[DateOrder, ...] = ("ymd", "dmy", "mdy", "epoch")
ORDER_WORDS: Mapping[DateOrder, str] = {
    "ymd": "the year first",
    "dmy": "the day first",
    "mdy": "the month first",
    "epoch": "seconds or milliseconds since 1970",
}
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""No export of trades is older; a date outside is a date that was read wrongly."""

_TIME = re.compile(
    r"(?<![\d.])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,:](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?(?![\d:])",
    re.ASCII,
)
_COMPACT_TIME = re.compile(r"(?<=[;, T])(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?!\d)")
_ZONE = re.compile(
    r"(?:(?:UTC|GMT)\s*(?P<named>[+-]\d{1,2}(?::?\d\d)?)|(?P<offset>[+-]\d\d:?(?:\d\d)?)"
    r"|(?P<utc>Z|UTC|GMT)|\(?(?P<word>[A-Za-z]{2,5})\)?)\s*$"
)
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,9})?|\d{13}(?:\.\d+)?|\d{16}|\d{19}", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\.?", re.ASCII)
_YEAR_FIRST = re.compile(r"\d{4}[-/. ]", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})[-. /]*)?(?P<month>[^\W\d_]{3,9})\.?[-. /]*(?:(?P<later>\d{1,2})(?!\d))?"
    r"[-., /]*(?P<year>\d{4}|\d{2})"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_YEAR_DIGITS = 4


class _Parts(NamedTuple):
    """A cell taken apart: the date as text, the time of day, the zone that it names."""

    date: str
    time: tuple[tuple[int, int, int], str]
    zone: tzinfo | None


def read(
    text: str,
    where: int,
    order: DateOrder,
    zone: tzinfo | None,
    names: Mapping[str, tzinfo] | None = None,
) -> Moment:
    """Read a date under an order; one that names no zone is on the clock of `zone`.

    `names` are the zones that letters behind a time mean in this export, such as `EDT`.
    """
    cell = text.strip().lstrip("'")
    if order == "epoch":
        return _since_1970(cell, where)
    parts = _taken_apart(cell, names or {})
    if parts and _YEAR_FIRST.match(parts.date):
        order = "ymd"
    day = _day(parts.date, order) if parts else None
    if parts is None or day is None:
        raise expected(where, f"a time with {ORDER_WORDS[order]}", text)
    return times.moment(times.LocalTime(day, *parts.time), text, where, parts.zone or zone)


def orders_of(text: str) -> frozenset[DateOrder]:
    """Return the orders under which a cell is a date of our times."""
    cell = text.strip().lstrip("'")
    if _EPOCH.fullmatch(cell):
        return frozenset(("epoch",))
    parts = _taken_apart(cell, _ANY_ZONE)
    if parts is None:
        return frozenset()
    return frozenset(order for order in ORDERS[:3] if _day(parts.date, order) is not None)


def day_of(text: str) -> str:
    """Return the part of a cell that is a date, as it is written."""
    return _TIME.sub("", text).strip()


def names_zone(text: str, names: Sequence[str] = ()) -> bool | None:
    """Return whether a time names its own zone; None where it is no time at all."""
    cell = text.strip().lstrip("'")
    if _EPOCH.fullmatch(cell):
        return True
    zones = dict.fromkeys(names, UTC)
    parts = _taken_apart(cell, zones)
    return None if parts is None else parts.zone is not None


def has_time(text: str) -> bool:
    """Return whether a cell holds a time of day, or a moment, and not only a day."""
    cell = text.strip()
    return bool(_EPOCH.fullmatch(cell) or _TIME.search(cell) or _COMPACT_TIME.search(cell))


def _taken_apart(cell: str, names: Mapping[str, tzinfo]) -> _Parts | None:
    found = _TIME.search(cell) or _COMPACT_TIME.search(cell)
    if found is None:
        return _Parts(cell, ((0, 0, 0), ""), None)
    groups = found.groupdict()
    hour = int(groups["hour"])
    if groups.get("half"):
        hour = hour % 12 + (12 if groups["half"] in "Pp" else 0)
    clock = (hour, int(groups["minute"]), int(groups["second"] or 0))
    time = (clock, groups.get("fraction") or "")
    before, after = cell[: found.start()], cell[found.end() :]
    zone, rest = _own_zone(after, names) if after else (None, "")
    date = " ".join((before + " " + rest).replace("T", " ", int(before.endswith("T"))).split())
    return _Parts(date.strip(" ,;-"), time, zone) if rest is not _UNKNOWN else None


class _EveryZone(dict[str, tzinfo]):
    """Letters behind a time are some zone, whichever: the date alone is asked for."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> tzinfo:
        return UTC


_ANY_ZONE = _EveryZone()
_UNKNOWN = "?"


def _own_zone(after: str, names: Mapping[str, tzinfo]) -> tuple[tzinfo | None, str]:
    """Return the zone behind a time, and what else stands there."""
    found = _ZONE.search(after.lstrip(" ,"))
    if found is None:
        return None, after
    rest = after.lstrip(" ,")[: found.start()]
    if found["utc"]:
        return UTC, rest
    word = found["word"]
    if word:
        if word.upper() in names:
            return names[word.upper()], rest
        return (None, after) if word[:3].lower() in _MONTHS else (None, _UNKNOWN)
    offset = found["named"] or found["offset"]
    if found["offset"] and rest.strip():
        return None, after
    digits = re.sub(r"\D", "", offset)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004 -- hours alone
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-delta if offset[0] == "-" else delta) if delta < timedelta(days=1) else None
    return zone, rest if zone else _UNKNOWN


@lru_cache(maxsize=4096)
def _day(text: str, order: DateOrder) -> tuple[int, int, int] | None:
    if found := _COMPACT.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3])) if order == "ymd" else None
    if found := _NUMERIC.fullmatch(text):
        return _in_order(found, order)
    found = _NAMED.fullmatch(text)
    if found is None or bool(found["day"]) == bool(found["later"]):
        return None
    month = _MONTHS.get(found["month"][:3].lower())
    day = int(found["day"] or found["later"])
    return None if month is None else _checked(_year(found["year"]), month, day)


def _in_order(found: re.Match[str], order: DateOrder) -> tuple[int, int, int] | None:
    cells = {sign: found[place] for place, sign in enumerate(order, start=1)}
    long = [one for one in (found[1], found[3]) if len(one) == _YEAR_DIGITS]
    if len(cells["y"]) not in {2, _YEAR_DIGITS} or (long and cells["y"] not in long):
        return None
    if max(len(cells["d"]), len(cells["m"])) > 2:  # noqa: PLR2004 -- digits of a day
        return None
    return _checked(_year(cells["y"]), int(cells["m"]), int(cells["d"]))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == _YEAR_DIGITS else 2000 + int(digits)


def _checked(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return (year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None


def _since_1970(cell: str, where: int) -> Moment:
    if not _EPOCH.fullmatch(cell):
        raise expected(where, "seconds or milliseconds since 1970", cell)
    whole, _, rest = cell.partition(".")
    shift = {10: 9, 13: 6, 16: 3, 19: 0}[len(whole)]
    digits = rest[:shift].ljust(shift, "0")
    nanos = int(whole) * 10**shift + int(digits or 0)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=nanos // 1000)
    return at, nanos % 1000
