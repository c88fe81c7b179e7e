"""Plain values as a person likes to read them: short, signed, in the trader's own time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from coach.advice.cells import cell
from coach.model.events import Json
from coach.model.times import MINUTE_S
from coach.views.table import Column, Kind, Row
from coach.wording import numbers

ENOUGH_OF_A_KEY = 8


def readable(column: Column, row: Row, zone: str) -> str:
    """Return the cell of `column` as a terminal shows it."""
    value = row.get(column.key)
    if value in (None, "", [], {}):
        return "-"
    if column.kind in {"money", "fee"}:
        signed = column.kind == "money"
        return money(str(value), str(row.get(column.currency)), sign=signed)
    return READERS[column.kind](value, zone)


def words(value: Json, _zone: str) -> str:
    """Return a text as it is, a list with commas, an object as its names and values."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell(item)}" for name, item in value.items())
    return ", ".join(map(cell, value)) if isinstance(value, list) else cell(value)


def key(value: Json, _zone: str) -> str:
    """Return the beginning of an id that stands alone."""
    return str(value)[:ENOUGH_OF_A_KEY]


def keys_apart(values: Sequence[Json]) -> list[str]:
    """Return the beginnings of ids that stand together: equally long, and enough to tell apart.

    They grow from eight characters, up to whole ids where one is the beginning of another.
    """
    names = ["" if value is None else str(value) for value in values]
    distinct = set(names)
    longest = max(map(len, names), default=0)
    enough = ENOUGH_OF_A_KEY
    while enough < longest and len({name[:enough] for name in distinct}) < len(distinct):
        enough += 1
    return [name[:enough] or "-" for name in names]


def statistic(value: Json, _zone: str) -> str:
    """Return a measure, or an interval of two, to three digits."""
    if isinstance(value, list):
        return " .. ".join(statistic(end, "") for end in value)
    return numbers.measure(float(str(value)))


def money(value: str, currency: str, *, sign: bool = True) -> str:
    """Return an amount of money without its currency."""
    return numbers.amount(Decimal(value), currency, sign=sign)


def number(value: Json, _zone: str = "") -> str:
    """Return a quantity or a price."""
    return numbers.quantity(Decimal(str(value)))


def local(moment: Json, zone: str) -> str:
    """Return an RFC 3339 time to the minute, on the clock of `zone`."""
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(str(moment)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def date(moment: Json, zone: str) -> str:
    """Return the day of an RFC 3339 time, on the calendar of `zone`."""
    return local(moment, zone).partition(" ")[0]


def duration(seconds: Json, _zone: str = "") -> str:
    """Return a span of so many seconds."""
    return numbers.span(float(str(seconds)) / MINUTE_S)


READERS: dict[Kind, Callable[[Json, str], str]] = {
    "text": words,
    "key": key,
    "time": local,
    "date": date,
    "number": number,
    "statistic": statistic,
    "duration": duration,
}
