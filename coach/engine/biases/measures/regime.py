"""What the market did in a window: habits of selling and buying differ between bull and bear.

Haryanto et al. (2020), J. Int. Bus. Econ. 47, found the disposition effect in the bear markets
of one coin exchange and its reverse in the bull markets. The ten percent are ours.
"""

import math

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.context import Context
from coach.engine.statistics.words import significant
from coach.model.insights import Fact

SIDEWAYS = math.log(1.1)


def regime(context: Context, window: Window) -> dict[str, Fact]:
    """Return the change of the symbols entered, weighed by entries, and a word for it."""
    history = context.history
    codes, entries = np.unique(history.symbol[window.holds(history.opened_us)], return_counts=True)
    total, weight = 0.0, 0
    for code, count in zip(codes.tolist(), entries.tolist(), strict=True):
        bars = history.market.of(history.symbols[code])
        if bars is None:
            continue
        inside = bars.close[window.holds(bars.start_us)]
        if len(inside):
            total += count * math.log(inside[-1] / inside[0])
            weight += count
    if not weight:
        return {}
    change = total / weight
    word = "up" if change > SIDEWAYS else "down" if change < -SIDEWAYS else "flat"
    return {"market": word, "market_change": significant(math.expm1(change))}
