"""How far a trade went against its trader and for them while it was held (MAE, MFE).

Sweeney (1996), "Maximum Adverse Excursion": the farthest that the price went the wrong way, and
the right way, between entry and exit. Both are fractions of the entry price, never negative.

A bar that begins before the entry or ends after the exit cannot count whole: its low may have
been before or after. So only bars that lie inside count, and the prices of the trade's own
fills. What a bar at the edge hid is missed: both numbers are floors.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.ledger.exact import multiply, quotient

FEWEST_COVERED = 0.9
PERCENT = Decimal(100)

Refusal = Literal[
    "no candles of the symbol",
    "candles do not cover the trade",
    "the trade is shorter than one candle",
]


class Held(NamedTuple):
    """A closed trade: its average entry price, its first and last moment, its fills' prices."""

    long: bool
    entry: float
    opened_us: int
    closed_us: int
    prices: Sequence[float]


class Excursion(NamedTuple):
    """Fractions of the entry price; `bars` lay inside the trade."""

    mae: float
    mfe: float
    bars: int


def excursion(held: Held, bars: Bars | None) -> Excursion | Refusal:
    """Return how far the price went each way, or why that cannot be told.

    Refused: bars cover less than nine tenths of the time it was held, or none lies inside.
    """
    if bars is None or not len(bars):
        return "no candles of the symbol"
    if held.closed_us - held.opened_us < bars.step_us:
        return "the trade is shorter than one candle"
    if covered(held, bars) < FEWEST_COVERED:
        return "candles do not cover the trade"
    first, last = inside(held, bars)
    if last <= first:
        return "the trade is shorter than one candle"
    low = min(float(bars.low[first:last].min()), *held.prices)
    high = max(float(bars.high[first:last].max()), *held.prices)
    worst, best = (low, high) if held.long else (high, low)
    sign = 1.0 if held.long else -1.0
    return Excursion(
        mae=max(0.0, sign * (held.entry - worst) / held.entry),
        mfe=max(0.0, sign * (best - held.entry) / held.entry),
        bars=last - first,
    )


def inside(held: Held, bars: Bars) -> tuple[int, int]:
    """Return the rows [first, last) of the bars that lie inside the trade."""
    first = np.searchsorted(bars.start_us, held.opened_us, side="left")
    last = np.searchsorted(bars.start_us, held.closed_us - bars.step_us, side="right")
    return int(first), int(last)


def covered(held: Held, bars: Bars) -> float:
    """Return which share of the time it was held has a bar."""
    first = np.searchsorted(bars.start_us, held.opened_us - bars.step_us, side="right")
    last = np.searchsorted(bars.start_us, held.closed_us, side="left")
    begins = np.maximum(bars.start_us[first:last], held.opened_us)
    ends = np.minimum(bars.start_us[first:last] + bars.step_us, held.closed_us)
    return float((ends - begins).sum()) / (held.closed_us - held.opened_us)


def r_multiple(net: Decimal, notional: Decimal, stop_percent: Decimal) -> Decimal:
    """Return the net result as a multiple of what the declared stop risks on the opening order.

    Van Tharp's R: 1 is won when the trade earns what the stop would have lost.
    """
    return quotient(multiply(net, PERCENT), multiply(notional, stop_percent))
