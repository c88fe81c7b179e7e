"""D11 Lottery preference: how much of the money went into cheap, wild, lopsided symbols. A fact.

Every week the symbols with candles are put in order three times, by what the sixty days before
it show: last price, spread and skew of the daily returns that the mean of the others does not
explain. A lottery ticket is in the lowest third by price and the highest third of both others.
Told is the share of the money of the entries that went into tickets, beside the share that
tickets had among the symbols. It is not tested: what a trader picks from is a choice of
instruments and no chance, so there is no null within the trader; shuffling symbols over entries
leaves the share as it is.
Source: Kumar (2009), J. Finance 64(4):1889, for stocks, there in halves of the market.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, no_rows
from coach.engine.biases.words import EffectUnit, Words, in_percent

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context
    from coach.model.insights import Fact

FORMULA = "lottery@1"
FEWEST_ENTRIES = 20


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Measure the money of the window's entries in the currency with the most of them."""
    import numpy as np

    from coach.engine.biases.measures import lottery_tickets as measures
    from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_ratios

    history = context.history
    universe = tuple(sorted(name for name, bars in history.market.bars.items() if len(bars)))
    rows = np.flatnonzero(window.holds(history.opened_us) & (history.notional > 0))
    told: dict[str, Fact] = {"symbols": len(universe), "fewest_symbols": measures.FEWEST_SYMBOLS}
    if len(universe) < measures.FEWEST_SYMBOLS:
        lacks = (f"candles of {measures.FEWEST_SYMBOLS} symbols or more",)
        return Measurement(len(rows), 0, no_rows(), told, None, progress=told, lacks=lacks)
    if len(rows):
        quotes = history.quote[rows]
        rows = rows[quotes == np.argmax(np.bincount(quotes))]
    found = measures.tickets(history, window, universe)
    known, chosen = measures.chosen_entries(history, rows, found)
    n = int(known.sum())
    sample: dict[str, Fact] = {**told, "n": n, "entries": len(rows)}
    if needed := max(0, FEWEST_ENTRIES - n):
        return Measurement(n, needed, no_rows(), sample, None, progress=sample)
    rows, chosen = rows[known], chosen[known]
    money = history.notional[rows]
    draws = resampled_ratios(day_blocks(history.opened_us[rows]), money * chosen, money, seed)
    return Measurement(
        n=len(rows),
        needed=0,
        affected=rows[chosen],
        against=rows[~chosen],
        sample=sample,
        verdict=None,
        facts=measures.describe(history, rows, chosen, found),
        effect=float(money[chosen].sum() / money.sum()),
        interval=interval(draws),
    )


WORDS: Words[None] = Words(
    name="cheap coins with wild prices (lottery preference)",
    unit=EffectUnit(" % of the money", in_percent),
    above="{effect} went into cheap, wild symbols",
    below=None,
    claim=(
        "Trades leaned to cheap coins with wild prices: {effect}, likely between "
        "{interval}, measured over {n}. This is called lottery preference; the evidence "
        "level was {level}."
    ),
    counted=("entry", "entries"),
    supporting="cheap, wild symbols",
    opposing="other symbols",
    also=("lottery_preference",),
    tag=None,
)

DETECTOR = Detector(
    bias="lottery",
    formula=FORMULA,
    unit="share of notional",
    minimum=0.0,
    measure=measure,
    words=WORDS,
    kind="fact",
    needs_candles=True,
    answered_by=(RuleAnswer("max_concentration", {"share": 5}),),
)
