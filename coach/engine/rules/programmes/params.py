"""The parameters that describe the account of a prop-firm programme, and how they read aloud.

A programme counts losses from an account's first day, in days that begin at an hour of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

from coach.engine.rules.params import (
    LARGEST_AMOUNT,
    above,
    clock,
    date,
    goes_with,
    number,
    text,
    zone,
)
from coach.wording import numbers

if TYPE_CHECKING:
    from coach.engine.rules.kinds.kind import Looser
    from coach.engine.rules.params import Bounds, Params

Floor = Literal["static", "end_of_day", "closed", "intraday"]
MIDNIGHT: Final = "00:00"

HIGHEST: Final[dict[Floor, str]] = {
    "static": "the starting balance",
    "end_of_day": "the highest end-of-day balance",
    "closed": "the highest closed balance",
    "intraday": "the highest equity, open profit included,",
}
"""What the drawdown of each kind of floor is measured from."""

ACCOUNT_SIZE: Final[Bounds] = goes_with(
    ("percent", "currency"),
    above(
        "balance of the account at the start, in the currency; without it, the declared equity",
        0,
        LARGEST_AMOUNT,
    ),
)
SINCE: Final[Bounds] = date(
    "first day of the account: what was realised before does not count, nor do entries before"
)
RESET: Final[Bounds] = clock("time at which a day begins, midnight without it")
ZONE: Final[Bounds] = zone("time zone of that time; without it, the trader's own")
FLOOR: Final[Bounds] = {
    "enum": list(HIGHEST),
    "description": (
        "what the drawdown is measured from, in place of the peak of the days: the starting balance"
        " (static), the highest balance at the end of a day (end_of_day) or after any close"
        " (closed), or the highest equity with open profit (intraday)"
    ),
}
LOCKS_AT: Final[Bounds] = goes_with(
    ("floor",),
    {
        "type": "number",
        "minimum": 0,
        "maximum": LARGEST_AMOUNT,
        "description": "the floor rises no higher than the starting balance plus so much",
    },
)

DAY_PARAMS: Final[dict[str, Bounds]] = {
    "account_size": ACCOUNT_SIZE,
    "since": SINCE,
    "reset": RESET,
    "zone": ZONE,
}
"""What a daily loss takes of a programme."""

FLOOR_PARAMS: Final[dict[str, Bounds]] = {
    "floor": FLOOR,
    "locks_at": LOCKS_AT,
    "account_size": ACCOUNT_SIZE,
    "since": goes_with(("floor",), SINCE),
    "reset": goes_with(("floor",), RESET),
    "zone": goes_with(("floor",), ZONE),
}
"""What a drawdown takes of a programme."""

LOOSER: Final[dict[str, Looser]] = {
    "floor": "ask",
    "locks_at": "down",
    "account_size": "up",
    "since": "ask",
    "reset": "ask",
    "zone": "ask",
}


def floor_of(params: Params) -> Floor | None:
    """Return the kind of floor of a drawdown, None where it is measured from the last days."""
    return cast("Floor | None", text(params, "floor"))


def lock_text(params: Params) -> str:
    """Say where the floor stops rising, empty where it never does."""
    if "locks_at" not in params:
        return ""
    above_start = number(params, "locks_at")
    plus = f" plus {_money(params, above_start)}" if above_start else ""
    return f"; the floor stops rising at the starting balance{plus}"


def account_text(params: Params) -> str:
    """Return the size of the account in words, empty where it is not given."""
    if "account_size" not in params:
        return ""
    return f" of {_money(params, number(params, 'account_size'))}"


def days_text(params: Params) -> str:
    """Say since when a rule counts and when its days begin, empty where it names neither."""
    since, zone_name, reset = (text(params, name) for name in ("since", "zone", "reset"))
    counted = f"; counted since {since}" if since else ""
    if not (zone_name or reset):
        return counted
    place = f" in {zone_name}" if zone_name else ""
    return f"{counted}; days begin at {reset or MIDNIGHT}{place}"


def _money(params: Params, value: float) -> str:
    currency = params.get("currency")
    if currency:
        return numbers.limit_of_money(value, str(currency))
    return numbers.limit(value)
