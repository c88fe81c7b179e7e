"""What a kind of rule is made of, short of its arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from coach.model.events import Json
from coach.model.rules import RuleKind

Params = Mapping[str, Json]
Bounds = dict[str, Json]
Looser = Literal["up", "down", "more", "fewer", "ask"]
Need = Literal["candles", "equity", "orders"]

WINDOW: Bounds = {
    "type": "integer",
    "minimum": 5,
    "maximum": 100,
    "default": 20,
    "description": "entries before it, in the same quote currency, the median is taken of",
}
CURRENCY: Bounds = {
    "type": "string",
    "pattern": "^[A-Z0-9]{2,12}$",
    "description": "the quote currency the amount is in; without it each currency by itself",
}


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of rule.

    `params` holds a JSON Schema each. `one_of` names parameters of which exactly one is given;
    those and `optional` ones may be missing. `looser` says in which direction a parameter makes
    the promise easier to keep ("more" and "fewer" are of lists, "ask" asks `loosens`).
    `threshold` is the parameter that may be learned, empty where there is none.
    """

    kind: RuleKind
    title: str
    params: Mapping[str, Bounds]
    aloud: Callable[[Params], str]
    looser: Mapping[str, Looser]
    one_of: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    threshold: str = ""
    loosens: Callable[[Params, Params], bool] | None = None

    def required(self) -> list[str]:
        """Return the parameters that must be given."""
        free = {*self.one_of, *self.optional}
        return [
            name
            for name, bounds in self.params.items()
            if name not in free and "default" not in bounds
        ]


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


def listed(params: Params, name: str) -> list[str]:
    """Return a parameter that is a list of names."""
    value = params[name]
    assert isinstance(value, list)
    return cast("list[str]", value)


def several(amount: float, one: str, many: str = "") -> str:
    """Return `1 trade`, `2 trades`."""
    return f"{amount:g} {one if amount == 1 else many or f'{one}s'}"


def money(params: Params, of: str) -> str:
    """Read aloud a limit in money or in percent."""
    if "percent" in params:
        return f"{params['percent']} % of {of}"
    currency = params.get("currency")
    return f"{params['amount']} {currency}" if currency else f"{params['amount']} of a currency"


def limits(amount: str, percent: str) -> dict[str, Bounds]:
    """Return the schemas of a limit in money, its currency, or a limit in percent."""
    return {
        "amount": above(amount, 0, 1_000_000_000_000),
        "currency": CURRENCY,
        "percent": above(percent, 0, 100),
    }
