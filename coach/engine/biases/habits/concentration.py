"""D10 Concentration: how much of the money lay in how few symbols. A fact, no test.

HHI = sum of squared shares of the money held (at cost), averaged over the time in which anything
was held; 1 / HHI is how many equal positions that comes to. With candles, the share of the
variance that the largest position brings. Who declared to trade few symbols has a mandate: then
it is told what lay outside.
Sources: Goetzmann & Kumar (2008), Review of Finance: a quarter of households hold one stock; the
index is Herfindahl's and Hirschman's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, no_rows
from coach.engine.biases.words import EffectUnit, Words, inverse

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context
    from coach.model.insights import Fact

FORMULA = "concentration@2"
FEWEST_ENTRIES = 5


def measure(context: Context, window: Window, _seed: int) -> Measurement:
    """Measure the window in the currency with the most trades."""
    import numpy as np

    from coach.engine.biases.measures.sizes.exposure import exposure
    from coach.engine.biases.measures.sizes.largest_position import describe, largest_risk, mandate
    from coach.engine.statistics import words

    history = context.history
    inside = np.flatnonzero(window.holds(history.opened_us))
    needed = max(0, FEWEST_ENTRIES - len(inside))
    if needed:
        told: dict[str, Fact] = {"entries": len(inside), "fewest_entries": FEWEST_ENTRIES}
        return Measurement(len(inside), needed, no_rows(), told, None, progress=told)
    quote = int(np.argmax(np.bincount(history.quote[inside])))
    held = exposure(history, window, quote)
    if held.days <= 0:
        return Measurement(len(inside), 1, no_rows(), {"entries": len(inside)}, None)
    top = int(held.symbols[np.argmax(held.weights)])
    inside = inside[history.quote[inside] == quote]
    return Measurement(
        n=len(inside),
        needed=0,
        affected=inside[history.symbol[inside] == top],
        against=inside[history.symbol[inside] != top],
        sample=describe(history, held, quote, len(inside)),
        verdict=None,
        facts={
            "equal_positions": words.significant(1 / held.hhi),
            "top_symbol": history.symbols[top],
            "top_weight": words.significant(float(held.weights.max())),
            **largest_risk(history, window, held),
            **mandate(history, held),
        },
        effect=held.hhi,
    )


WORDS: Words[None] = Words(
    name="much in few positions (concentration)",
    unit=EffectUnit("", inverse),
    above="the effective number of positions was {effect}",
    below=None,
    claim=(
        "Much of the money was in few positions: their effective number was {effect}, likely "
        "between {interval}, measured over {n}. This is called concentration; the evidence level "
        "was {level}."
    ),
    counted=("entry", "entries"),
    supporting="trades of the largest symbol",
    opposing="trades of the others",
    also=("under_diversification",),
    tag=None,
)

DETECTOR = Detector(
    bias="concentration",
    formula=FORMULA,
    unit="sum of squared shares",
    minimum=0.0,
    measure=measure,
    words=WORDS,
    kind="fact",
    answered_by=(
        RuleAnswer("max_concentration", {"share": 25}),
        RuleAnswer("max_open_positions", {"positions": 5}),
    ),
)
