"""D14 Payoff asymmetry: how large wins are beside losses, and how often they come. A fact.

Average win / average loss after fees, with the win rate (`model.trades.win_rate`) and the one at
which a trader of that ratio breaks even: 1 / (1 + ratio). The interval comes from whole days
drawn anew. No ratio is right or wrong by itself, so nothing is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, by_quote, no_rows
from coach.engine.biases.words import EffectUnit, Words, unchanged

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context

FORMULA = "payoff_asymmetry@2"


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Set the average win beside the average loss, in the currency with the most trades."""
    import numpy as np

    from coach.engine.biases.measures.payoffs import (
        count_outcomes,
        describe,
        payoff_facts,
        payoff_ratio,
    )
    from coach.engine.features.history import OPEN
    from coach.engine.statistics.floors import ComparisonSample, Counts, still_needed

    history = context.history
    inside = window.holds(history.opened_us)
    closed = np.flatnonzero(inside & (history.closed_us != OPEN))
    decided = closed[history.outcome[closed] != 0]
    currency, rows = max(
        by_quote(context, decided), key=lambda one: len(one[1]), default=("", no_rows())
    )
    quote = history.quote[rows[0]] if len(rows) else -1
    rate = count_outcomes(history, closed[history.quote[closed] == quote])
    counts = Counts(rate.losses, rate.wins)
    needed = still_needed(ComparisonSample(counts, counts, counts, int(inside.sum())))
    sample = describe(currency, rate, len(decided) - len(rows))
    if needed:
        return Measurement(len(rows), needed, no_rows(), sample, None, progress=sample)
    facts, spread = payoff_facts(rows, rate, context, seed)
    return Measurement(
        n=len(rows),
        needed=0,
        affected=rows,
        sample=sample,
        verdict=None,
        facts={**facts, "currency": currency, "is": "a fact, not a habit"},
        effect=payoff_ratio(history.net[rows], history.outcome[rows] > 0),
        interval=spread,
    )


WORDS: Words[None] = Words(
    name="the average loss beside the average win",
    unit=EffectUnit(" times the average loss", unchanged),
    above="the average win was {effect}",
    below=None,
    claim=(
        "The average win was {effect}, likely between {interval}, measured over {n}. The "
        "evidence level was {level}."
    ),
    counted=("trade", "trades"),
    supporting="the trades that were counted",
    opposing="",
    also=("payoff",),
    tag=None,
)

DETECTOR = Detector(
    bias="payoff_asymmetry",
    formula=FORMULA,
    unit="average win / average loss",
    minimum=0.0,
    measure=measure,
    words=WORDS,
    kind="fact",
    answered_by=(
        RuleAnswer("no_averaging_down", {"below": 0}),
        RuleAnswer("max_loss_per_day", {"percent": 2}),
    ),
)
