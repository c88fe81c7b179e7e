"""D13 Rule breach: how often the trader's own rules, stops and targets did not hold. A fact.

Every entry is one opportunity for each active rule. A declared stop is an opportunity when the
trade reached it: by its result, or by the worst price of the bars that lay between its first
and last order where candles cover it; it is broken when the result is worse than the stop by
more than a tenth of it, or when the price was beyond it by as much and the trade went on. A
target likewise, the other way round. The effect is the share of all opportunities that were
broken. Adding to a trade moves its average price: prices are taken beside that average.
Source: Kaminski & Lo (2014), J. Financial Markets 18: stops can lower the expected return, so
the keeping of a promise is counted here and never its level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.detector import Detector, Measurement
from coach.engine.biases.words import EffectUnit, Words, in_percent

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context
    from coach.model.insights import Fact

FORMULA = "rule_breach@1"
FEWEST_OPPORTUNITIES = 5


def measure(context: Context, window: Window, _seed: int) -> Measurement:
    """Count opportunities and breaches of everything that was promised."""
    import numpy as np

    from coach.engine.biases.measures.promises import TOLERANCE, count_each, promises_kept
    from coach.engine.statistics.proportions import wilson

    history = context.history
    entries = np.flatnonzero(window.holds(history.opened_us))
    promised = promises_kept(history, entries)
    if not promised:
        return Measurement(0, 0, entries[:0], {}, None, lacks=("rules, stops or targets",))
    reached = sum(len(kept.reached) for kept in promised.values())
    broken = np.concatenate([kept.broken for kept in promised.values()])
    facts: dict[str, Fact] = {"n": reached, "broken": len(broken)}
    facts |= count_each(promised)
    needed = max(0, FEWEST_OPPORTUNITIES - reached)
    return Measurement(
        n=reached,
        needed=needed,
        affected=np.unique(broken),
        sample=facts,
        verdict=None,
        progress={**facts, "fewest_opportunities": FEWEST_OPPORTUNITIES},
        facts={**facts, "tolerance": TOLERANCE, "active_rules": history.trader.rules},
        effect=len(broken) / reached if reached else None,
        interval=wilson(len(broken), reached) if reached else None,
    )


WORDS: Words[None] = Words(
    name="rules of one's own that were broken",
    unit=EffectUnit(" % of the time", in_percent),
    above="your own promises did not hold {effect}",
    below=None,
    claim=(
        "Own rules were broken again and again: {effect}, likely between {interval}, "
        "measured over {n}. The evidence level was {level}."
    ),
    counted=("opportunity", "opportunities"),
    supporting="trades that broke a promise",
    opposing="",
    also=("rule_breaches",),
    tag=None,
)

DETECTOR = Detector(
    bias="rule_breach",
    formula=FORMULA,
    unit="share of opportunities",
    minimum=0.0,
    measure=measure,
    words=WORDS,
    kind="fact",
)
