"""D12 Regret repurchase: what was sold at a gain is bought back sooner than what lost.

Every decided sale is followed until the same symbol is bought back, thirty days are over or the
window ends: repurchases per day after gains against those after losses, at the same age of the
sale and inside strata of at most twelve sales in a row of one symbol and month (Mantel-Haenszel).
Gains and losses are shuffled inside the strata; what is compared is the log-rank residual. Where
candles cover it, repurchases below the price of the sale are set against those above it, by hours
spent there and by the age of the sale: who comes back above it follows the price, and regrets
nothing. The shrunk ratio of rates must exceed 1.25.
Source: Strahilevitz, Odean & Barber (2011), J. Marketing Res. 48: one half to two thirds more
likely after a gain, and after a fall of the price.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement
from coach.engine.biases.words import TIMES_AS_OFTEN, Words

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context

FORMULA = "regret_repurchase@2"
SMALLEST_LOG_RATIO = math.log(1.25)  # half of what was found among investors


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon symbols came back after gains and after losses."""
    import numpy as np

    from coach.engine.biases.measures.sales.repurchases import describe, floor_counts, judge
    from coach.engine.biases.measures.sales.spells import spells
    from coach.engine.statistics.floors import still_needed

    found = spells(context, window)
    sample = floor_counts(context, window, found)
    needed = still_needed(sample)
    bought = found.bought > 0
    facts = describe(found)
    return Measurement(
        n=len(found.rows),
        needed=needed,
        affected=np.sort(found.back[bought & found.gain]),
        against=np.sort(found.back[bought & ~found.gain]),
        sample=facts,
        verdict=None if needed else judge(context, found, seed),
        progress=facts,
    )


WORDS: Words[None] = Words(
    name="buying back what was sold at a gain",
    unit=TIMES_AS_OFTEN,
    above="coins were bought back {effect} after a gain as after a loss",
    below=None,
    claim=(
        "What was sold at a gain was bought back more often than what was sold at a loss: "
        "{effect}, likely between {interval}, measured over {n}. The evidence level was "
        "{level}."
    ),
    counted=("sale", "sales"),
    supporting="bought back after a gain",
    opposing="bought back after a loss",
    also=("repurchase", "regret"),
    tag=None,
)

DETECTOR = Detector(
    bias="regret_repurchase",
    formula=FORMULA,
    unit="ratio of rates",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    words=WORDS,
    answered_by=(RuleAnswer("max_trades_per_day", {"limit": 5}),),
)
