"""D6 Overtrading: days with far more trades than this trader's pattern explains, that pay less.

The pattern is a negative binomial fitted to the sixty days before each day: the trader's own
rate and unevenness, the weekday, and that day's realised volatility where candles cover it. A
day is busy above its 97.5 % quantile; it is overtraded when its trades beyond the expected
number earned less than the trader's others. The claim needs more busy days than chance gives
(2.5 %; binomial, ties of whole counts broken by the seed), together with a falling net return
from trade to trade within the day (signs of whole days flipped); overtraded days one and a half
times as many as chance gives busy ones, and nine chances in ten that the trades beyond the
expected number do worse.
Sources: Barber & Odean (2000), JF 55(2):773: the most active earned least, by what trading
costs; Barber, Lee, Liu & Odean (2014), JFM 18:1. Turnover of 6 and cost of 20 % of equity a
year are anchors of FINRA Regulatory Notice 18-13, told beside a trader's own, never a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement
from coach.engine.biases.words import EffectUnit, Words, in_percent

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context
    from coach.model.insights import Cost, Fact

FORMULA = "overtrading@1"
SMALLEST_EXCESS = 0.0125  # one and a half times what chance gives


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Count the overtraded days of the window and weigh what the surplus earned."""
    from coach.engine.biases.measures.activity import activity
    from coach.engine.biases.measures.surplus_trades import (
        FEWEST_DAYS,
        FEWEST_ENTRIES,
        judge,
        overtraded_days,
        trades_needed,
    )

    active = activity(context, window)
    found = overtraded_days(context, window, active)
    needed = trades_needed(active)
    sample: dict[str, Fact] = {
        "n": len(active.asked),
        "entries": active.entries,
        "busy_days": int(active.busy.sum()),
        "overtraded_days": found.hits,
        "days_with_candles": active.covered,
        "planned_entries": active.planned,
    }
    return Measurement(
        n=len(active.asked),
        needed=needed,
        affected=found.rows[found.worse],
        against=found.rows[found.surplus & ~found.worse],
        sample=sample,
        verdict=None if needed else judge(context, window, active, found, seed),
        progress={**sample, "fewest_days": FEWEST_DAYS, "fewest_entries": FEWEST_ENTRIES},
    )


def cost(context: Context, window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price the surplus of the overtraded days against all other entries."""
    from coach.engine.biases.cost_of_entries import cost_of_entries
    from coach.engine.biases.measures.activity import activity
    from coach.engine.biases.measures.surplus_trades import overtraded_days

    found = overtraded_days(context, window, activity(context, window))
    return cost_of_entries(context, window, found.rows[found.worse])


WORDS: Words[None] = Words(
    name="days with far more trades than usual (overtrading)",
    unit=EffectUnit(" % of days", in_percent),
    above="{effect} held far more trades than usual, and paid less",
    below=None,
    claim=(
        "Some days held far more trades than days like them: {effect}, likely between "
        "{interval}, measured over {n}. This is called overtrading; the evidence level was "
        "{level}."
    ),
    counted=("day", "days"),
    supporting="the surplus of days that paid less",
    opposing="the surplus of days that paid",
    also=("overtrade", "over_trading"),
    tag=None,
)

DETECTOR = Detector(
    bias="overtrading",
    formula=FORMULA,
    unit="share of days",
    minimum=SMALLEST_EXCESS,
    measure=measure,
    words=WORDS,
    cost=cost,
    by_entry=True,
    answered_by=(
        RuleAnswer("max_trades_per_day", {"limit": 5}),
        RuleAnswer("fee_budget_per_week", {"budget": 50}),
    ),
)
