"""No opening order above so many times the median of the entries before it.

Only entries in the same quote currency are compared, the last `window` before this one, and
nothing is said with fewer than five. Floats pick the candidates, exact amounts decide: an
entry of exactly the ratio keeps the rule.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from coach.engine.ledger.exact import add, multiply, plain, quotient
from coach.engine.rules.exactly import NEAR
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, count, number
from coach.engine.statistics.arrays import Flags
from coach.model.insights import Fact
from coach.model.trades import Trip

HALF = Decimal("0.5")


class Cap(NamedTuple):
    """How many times the median of how many entries."""

    ratio: float
    window: int


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry too large, with the median it is measured by."""
    cap = Cap(number(params, "ratio"), count(params, "window"))
    every = np.ones(len(ground.history), np.bool_)
    for row, facts in too_large(ground, cap, every):
        yield ground.entry(row, facts)


def too_large(ground: Ground, cap: Cap, among: Flags) -> Iterator[tuple[int, dict[str, Fact]]]:
    """Yield the rows `among` (n,) these that are above the cap, and the facts."""
    history, window = ground.history, cap.window
    limits = cap.ratio * ground.usual(window)
    # never so where the median is NaN
    large = among & (history.notional > limits * (1 - NEAR))
    for quote in range(len(history.quotes)):
        rows = np.flatnonzero(history.quote == quote)
        for place in np.flatnonzero(large[rows]).tolist():
            before = rows[max(0, place - window) : place].tolist()
            usual = median([history.trips[row].notional for row in before])
            entry = history.trips[rows[place]]
            if entry.notional > multiply(Decimal(str(cap.ratio)), usual):
                yield int(rows[place]), _facts(entry, usual, cap.ratio, len(before))


def median(sizes: list[Decimal]) -> Decimal:
    """Return the median, exactly."""
    ordered = sorted(sizes)
    middle = add(ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])
    return multiply(middle, HALF)


def _facts(entry: Trip, usual: Decimal, ratio: float, compared: int) -> dict[str, Fact]:
    times = float(quotient(entry.notional, usual)) if usual else float("inf")
    return {
        "ratio": round(times, 4),
        "limit": ratio,
        "margin": round(times - ratio, 4),
        "median": f"{plain(usual):f}",
        "notional": f"{plain(entry.notional):f}",
        "quote": entry.quote,
        "entries_before": compared,
    }
