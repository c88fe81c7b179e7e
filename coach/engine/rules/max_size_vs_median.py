"""No opening order above so many times the median of the entries before it.

Only entries in the same quote currency are compared, the last `window` before this one, and
nothing is said with fewer than five. Floats pick the candidates, exact amounts decide: an
entry of exactly the ratio keeps the rule.
"""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from coach.engine.features.context import trailing_median
from coach.engine.features.history import History
from coach.engine.ledger.exact import add, multiply, plain, quotient
from coach.engine.rules.breach import entry_breach
from coach.model.insights import Fact
from coach.model.rules import Breach, Rule
from coach.model.trades import Trip

HALF = Decimal("0.5")
NEAR = 1e-9
"""Relative distance to the limit within which a float is not believed."""


def breaches(rule: Rule, history: History) -> Iterator[Breach]:
    """Yield a breach for each entry too large, with the median it is measured by."""
    ratio, window = rule.params["ratio"], rule.params["window"]
    assert isinstance(ratio, int | float)
    assert isinstance(window, int)
    limits = ratio * trailing_median(history, window)
    large = history.notional > limits * (1 - NEAR)  # never so where the median is NaN
    for quote in range(len(history.quotes)):
        rows = np.flatnonzero(history.quote == quote)
        for place in np.flatnonzero(large[rows]).tolist():
            before = rows[max(0, place - window) : place].tolist()
            usual = _median([history.trips[row].notional for row in before])
            entry = history.trips[rows[place]]
            if entry.notional > multiply(Decimal(str(ratio)), usual):
                yield entry_breach(rule, entry, _facts(entry, usual, ratio, len(before)))


def _median(sizes: list[Decimal]) -> Decimal:
    ordered = sorted(sizes)
    middle = add(ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])
    return multiply(middle, HALF)


def _facts(entry: Trip, usual: Decimal, ratio: float, compared: int) -> dict[str, Fact]:
    times = float(quotient(entry.notional, usual))
    return {
        "ratio": round(times, 4),
        "limit": ratio,
        "margin": round(times - ratio, 4),
        "median": f"{plain(usual):f}",
        "notional": f"{plain(entry.notional):f}",
        "quote": entry.quote,
        "entries_before": compared,
    }
