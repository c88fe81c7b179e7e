"""Opening orders beside the median of those before them.

Floats pick the candidates, exact amounts decide: an entry of exactly the ratio keeps the rule.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from coach.engine.ledger.exact import add, multiply, plain, quotient
from coach.engine.rules.exactly import NEAR
from coach.engine.rules.ground import Ground
from coach.engine.rules.size_facts import SizeFacts
from coach.engine.statistics.arrays import Flags, Floats
from coach.model.trades import Trip

HALF = Decimal("0.5")


class Cap(NamedTuple):
    """How many times the median of how many entries."""

    ratio: float
    window: int


def ratios(ground: Ground, window: int) -> Floats:
    """Return how many times the median of those before it each entry was, (n,)."""
    sizes: Floats = ground.history.notional / ground.usual(window)
    return np.where(np.isfinite(sizes), sizes, np.nan)


def too_large(ground: Ground, cap: Cap, among: Flags) -> Iterator[tuple[int, SizeFacts]]:
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


def _facts(entry: Trip, usual: Decimal, ratio: float, compared: int) -> SizeFacts:
    times = float(quotient(entry.notional, usual)) if usual else float("inf")
    return SizeFacts(
        ratio=round(times, 4),
        limit=ratio,
        margin=round(times - ratio, 4),
        median=f"{plain(usual):f}",
        notional=f"{plain(entry.notional):f}",
        quote=entry.quote,
        entries_before=compared,
    )
