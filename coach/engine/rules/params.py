"""The parameters of rules: their JSON Schemas, and reading one of a checked rule."""

from collections.abc import Mapping
from typing import Final, cast

from coach.model.events import Json
from coach.model.times import MINUTE_US

Params = Mapping[str, Json]
Bounds = dict[str, Json]
YEAR_MINUTES: Final = 525_600
LARGEST_AMOUNT: Final = 1_000_000_000_000
LIMIT: Final = ("amount", "percent")
"""A limit in money is one of the two."""

CLOCK: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
SYMBOL: Final = "^[A-Z0-9._]{1,24}(-[A-Z0-9._]{1,24})?$"
WINDOW: Bounds = {
    "type": "integer",
    "minimum": 5,
    "maximum": 100,
    "default": 20,
    "description": "previous entries in the same quote currency that the median is taken of",
}
CURRENCY: Bounds = {
    "type": "string",
    "pattern": "^[A-Z0-9]{2,12}$",
    "description": "quote currency of the amount; without it, each currency by itself",
}


def whole(description: str, minimum: int, maximum: int) -> Bounds:
    """Return the schema of a whole number."""
    return {
        "type": "integer",
        "minimum": minimum,
        "maximum": maximum,
        "description": description,
    }


def above(description: str, minimum: float, maximum: float) -> Bounds:
    """Return the schema of a number above a minimum."""
    return {
        "type": "number",
        "exclusiveMinimum": minimum,
        "maximum": maximum,
        "description": description,
    }


def at_least_a_microsecond(minutes: float) -> bool:
    """Say whether so many minutes are a microsecond or more, as the arithmetic rounds them."""
    return round(minutes * MINUTE_US) > 0


def duration_in(unit: str, bounds: Bounds) -> Bounds:
    """Return the schema of a duration in minutes, hours or days.

    `4h` is read too, in that unit: see `forms`.
    """
    return {**bounds, "x-unit": unit}


def symbols() -> Bounds:
    """Return the schema of a list of symbols or base coins."""
    return names("BASE-QUOTE, or a base coin whatever its quote", SYMBOL, 500)


def date(description: str) -> Bounds:
    """Return the schema of a date."""
    return {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "format": "date",
        "examples": ["2026-11-01"],
        "description": description,
    }


def zone(description: str) -> Bounds:
    """Return the schema of the name of a time zone."""
    return {
        "type": "string",
        "pattern": "^[A-Za-z0-9_+/-]{1,64}$",
        "x-zone": True,
        "examples": ["America/New_York"],
        "description": description,
    }


def clock(description: str) -> Bounds:
    """Return the schema of a time of day."""
    return {"type": "string", "pattern": CLOCK, "examples": ["17:00"], "description": description}


def goes_with(others: tuple[str, ...], bounds: Bounds) -> Bounds:
    """Return the schema of a parameter that is given only together with these."""
    return {**bounds, "x-with": list(others)}


def goes_without(other: str, bounds: Bounds) -> Bounds:
    """Return the schema of a parameter that is given only where that one is not."""
    return {**bounds, "x-without": other}


def names(description: str, pattern: str, most: int) -> Bounds:
    """Return the schema of a list of names, none twice."""
    return {
        "type": "array",
        "items": {"type": "string", "pattern": pattern},
        "minItems": 1,
        "maxItems": most,
        "uniqueItems": True,
        "description": description,
    }


def number(params: Params, name: str) -> float:
    """Return a parameter that is a number."""
    value = params[name]
    assert isinstance(value, int | float)
    return value


def count(params: Params, name: str) -> int:
    """Return a parameter that is a whole number."""
    value = params[name]
    assert isinstance(value, int)
    return value


def text(params: Params, name: str) -> str | None:
    """Return a parameter that is a text, None where it is not given."""
    if name not in params:
        return None
    value = params[name]
    assert isinstance(value, str)
    return value


def listed(params: Params, name: str) -> list[str]:
    """Return a parameter that is a list of names."""
    value = params[name]
    assert isinstance(value, list)
    return cast("list[str]", value)


def limits(amount: str, percent: str) -> dict[str, Bounds]:
    """Return the schemas of a limit in money, its currency, or a limit in percent."""
    return {
        "amount": above(amount, 0, LARGEST_AMOUNT),
        "currency": CURRENCY,
        "percent": above(percent, 0, 100),
    }
