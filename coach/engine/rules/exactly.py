"""Where floats only look near: the money itself decides."""

from decimal import Decimal

from coach.engine.ledger.exact import multiply, plain

SCALE = Decimal(10) ** 18
NEAR = 1e-9
"""Relative distance to a limit within which a float is not believed."""


def units(limit: float) -> int:
    """Return a limit in units of 1e-18."""
    return int(multiply(Decimal(str(limit)), SCALE))


def amount(units_of_it: int) -> str:
    """Write units of 1e-18 as an amount."""
    return f"{plain(Decimal(units_of_it).scaleb(-18)) if units_of_it else Decimal(0):f}"
