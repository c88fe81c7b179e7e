"""D1 Disposition effect: winners sold sooner than losers, of the same age and the same move.

Every open position is looked at step by step: did it stand in a gain or in a loss, and was it
sold? Selling out of a gain and out of a loss is compared among looks of like age and like move,
by the Mantel-Haenszel odds ratio; steps are short beside the holding time, so it is nearly the
ratio of the selling rates.
Sources: Shefrin & Statman (1985), J. Finance 40:777; Odean (1998), J. Finance 53(5):1775, whose
counts on days with a sale are facts beside it; the hazard form follows Feng & Seasholes (2005),
Review of Finance 9; strata by move because selling is V-shaped in profit: Ben-David &
Hirshleifer (2012), RFS 25:2485. The steps and the minimum of 1.2 are ours.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, YearTest, no_rows
from coach.engine.biases.words import EffectUnit, Words, unchanged
from coach.model.times import DAY_US, HOUR_US

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Floats
    from coach.model.insights import Cost

FORMULA = "disposition@2"
SMALLEST_LOG_RATIO = math.log(1.2)
FEWEST_SALES = 15


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare the odds of selling out of a gain and out of a loss."""
    from coach.engine.biases.measures.sales.looks import looks, typical_step
    from coach.engine.biases.measures.sales.winners_and_losers import (
        describe,
        judge,
        planned_looks,
        sales_of,
    )
    from coach.engine.biases.measures.sizes.held import candles
    from coach.engine.statistics.floors import more_trades

    found = candles(context, window.holds(context.history.orders.at_us))
    step_us = typical_step(context, window, found)
    seen = looks(context, window, found, step_us)
    planned = planned_looks(context, seen)
    seen = seen.only(~planned)
    sales = int(seen.sold.sum())
    needed = max(0, FEWEST_SALES - sales)
    entries = int(window.holds(context.history.opened_us).sum())
    return Measurement(
        n=sales,
        needed=more_trades(needed, sales, entries),
        affected=no_rows(),
        sample=describe(context, window, found, seen) | {"planned_exits": int(planned.sum())},
        verdict=None if needed else judge(context, window, (seen, step_us), seed),
        progress={"sales": sales, "fewest_sales": FEWEST_SALES},
        orders=sales_of(seen, seen.gain),
        orders_against=sales_of(seen, ~seen.gain),
        lacks=found.lacks if needed else (),
    )


def evidence_of(context: Context, year: TradingYear) -> Floats:
    """Compare the sales of each week and stratum with draws from its looks."""
    from coach.engine.biases.year.sales_in_gains import evidence

    return evidence(context, year)


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the sales of gains against selling another position that was held.

    Over one day, five or twenty: the longer the positions are held, the longer.
    """
    from coach.engine.biases.after_sales import HORIZONS, against_random, costs
    from coach.engine.biases.measures.sales.looks import looks, typical_step
    from coach.engine.biases.measures.sales.winners_and_losers import planned_looks, sales_of
    from coach.engine.biases.measures.sizes.held import candles

    found = candles(context, window.holds(context.history.orders.at_us))
    step_us = typical_step(context, window, found)
    seen = looks(context, window, found, step_us)
    gains = sales_of(seen, seen.gain & ~planned_looks(context, seen))
    horizon = "20d" if step_us >= DAY_US else "5d" if step_us >= HOUR_US else "1d"
    after = against_random(context, gains, HORIZONS[horizon], seed)
    return costs(context, after, seed)


HARDEST = 5.5  # of all core habits it has the fewest events to be read from
WORDS: Words[None] = Words(
    name="winners sold sooner than losers (disposition effect)",
    unit=EffectUnit(" times the odds", unchanged),
    above="winners were sold at {effect} of losers",
    below=None,
    claim=(
        "Winners were sold sooner than losers: {effect}, likely between {interval}, "
        "measured over {n}. This is called the disposition effect; the evidence level was "
        "{level}."
    ),
    counted=("sale", "sales"),
    supporting="sales out of gains",
    opposing="sales out of losses",
    also=("disposition_effect", "loss_aversion"),
    tag=None,
)

DETECTOR = Detector(
    bias="disposition",
    formula=FORMULA,
    unit="odds ratio",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    words=WORDS,
    cost=cost,
    needs_candles=True,
    weight=HARDEST,
    year=YearTest(0.024, evidence_of),
    explained_by=frozenset({"target", "stop", "signal", "clock"}),
    answered_by=(
        RuleAnswer("holding_time_ceiling", {"minutes_at_most": 10_080}),
        RuleAnswer("no_averaging_down", {"below": 0}),
    ),
)
