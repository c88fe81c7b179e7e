"""Plain values as a person likes to read them: short, signed, in the trader's own time."""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from coach.cli.cells import cell
from coach.model.currencies import TWO_DECIMALS
from coach.model.events import Json
from coach.model.plain import amount
from coach.views.table import Column, Kind, Row

MOST_DECIMALS = 8
ENOUGH_OF_A_KEY = 8
DAY, HOUR, MINUTE = 86_400, 3_600, 60


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
    """Return the beginning of an id."""
    return str(value)[:ENOUGH_OF_A_KEY]


def statistic(value: Json, _zone: str) -> str:
    """Return a measure, or an interval of two, to three digits."""
    if isinstance(value, list):
        return " .. ".join(statistic(end, "") for end in value)
    return f"{float(str(value)):.3g}"


def money(value: str, currency: str, *, sign: bool = True) -> str:
    """Return an amount with its sign: cents for money people pay with, else up to 8 decimals."""
    exact = Decimal(value)
    if currency in TWO_DECIMALS and (not exact or abs(exact) >= Decimal("0.01")):
        text = format(_rounded(exact, 2), ",f")
    else:
        text = number(value)
    return f"+{text}" if sign and exact > 0 else text


def number(value: Json, _zone: str = "") -> str:
    """Return a number with at most eight decimals."""
    return amount(_rounded(Decimal(str(value)), MOST_DECIMALS))


def _rounded(exact: Decimal, decimals: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def local(moment: Json, zone: str) -> str:
    """Return an RFC 3339 time to the minute, on the clock of `zone`."""
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(str(moment)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def date(moment: Json, zone: str) -> str:
    """Return the day of an RFC 3339 time, on the calendar of `zone`."""
    return local(moment, zone).partition(" ")[0]


def duration(seconds: Json, _zone: str = "") -> str:
    """Return a span in its two largest units."""
    whole = int(float(str(seconds)))
    if whole >= DAY:
        return f"{whole // DAY}d {whole % DAY // HOUR}h"
    if whole >= HOUR:
        return f"{whole // HOUR}h {whole % HOUR // MINUTE}m"
    return f"{whole // MINUTE}m" if whole >= MINUTE else f"{whole}s"


READERS: dict[Kind, Callable[[Json, str], str]] = {
    "text": words,
    "key": key,
    "time": local,
    "date": date,
    "number": number,
    "statistic": statistic,
    "duration": duration,
}
