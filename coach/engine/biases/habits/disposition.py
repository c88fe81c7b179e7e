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

import math
from typing import Literal

import numpy as np

from coach.engine.biases.after_sales import HORIZONS, against_random, costs, mean_given_up
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window, no_rows
from coach.engine.biases.measures.held import Candles, candles, directions
from coach.engine.biases.measures.looks import DAY_US, HOUR_US, Looks, looks, typical_step
from coach.engine.biases.measures.regime import regime
from coach.engine.biases.measures.sale_days import sale_days
from coach.engine.features.context import Context
from coach.engine.features.orders import PARTIAL
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.bootstrap import day_blocks
from coach.engine.statistics.floors import more_trades
from coach.engine.statistics.mantel_haenszel import odds_ratio
from coach.engine.statistics.normal import Z_90
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.model.insights import Cost, Fact

FORMULA = "disposition@1"
SMALLEST_LOG_RATIO = math.log(1.2)
FEWEST_SALES = 15
NEAR = 0.9  # of a declared stop or target: the fill slips
MINUTE_US = 60_000_000
LARGEST_LOG = 50.0
LOGIT_TO_D = math.sqrt(3) / math.pi  # Chinn (2000), Stat. Med. 19:3127


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare the odds of selling out of a gain and out of a loss."""
    found = candles(context, window.holds(context.history.orders.at_us))
    step_us = typical_step(context, window, found)
    seen = looks(context, window, found, step_us)
    planned = _planned(context, seen)
    seen = seen.only(~planned)
    sales = int(seen.sold.sum())
    needed = max(0, FEWEST_SALES - sales)
    entries = int(window.holds(context.history.opened_us).sum())
    return Measurement(
        n=sales,
        needed=more_trades(needed, sales, entries),
        affected=no_rows(),
        sample=_sample(context, window, found, seen) | {"planned_exits": int(planned.sum())},
        verdict=None if needed else _verdict(context, window, (seen, step_us), seed),
        progress={"sales": sales, "fewest_sales": FEWEST_SALES},
        orders=_sales(seen, seen.gain),
        orders_against=_sales(seen, ~seen.gain),
        lacks=found.lacks if needed else (),
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the sales of gains against selling another position that was held.

    Over one day, five or twenty: the longer the positions are held, the longer.
    """
    found = candles(context, window.holds(context.history.orders.at_us))
    step_us = typical_step(context, window, found)
    seen = looks(context, window, found, step_us)
    gains = _sales(seen, seen.gain & ~_planned(context, seen))
    horizon = "20d" if step_us >= DAY_US else "5d" if step_us >= HOUR_US else "1d"
    after = against_random(context, gains, HORIZONS[horizon], seed)
    return costs(context, after, seed)


def _sales(seen: Looks, chosen: Flags) -> Integers:
    return np.sort(seen.order[seen.sold & chosen])


def _planned(context: Context, seen: Looks) -> Flags:
    """Say which looks ended at a declared stop or target, (k,)."""
    history, orders = context.history, context.history.orders
    rows = np.flatnonzero(seen.sold)
    sold = seen.order[rows]
    moved = (
        100 * directions(history)[seen.trip[rows]] * (orders.price[sold] / orders.average[sold] - 1)
    )
    planned = np.zeros(len(seen.order), np.bool_)
    for code, symbol in enumerate(history.symbols):
        own = history.symbol[seen.trip[rows]] == code
        stop, target = _percent(context, "stop", symbol), _percent(context, "target", symbol)
        planned[rows[own & ((moved <= -NEAR * stop) | (moved >= NEAR * target))]] = True
    return planned


def _percent(context: Context, kind: Literal["stop", "target"], symbol: str) -> float:
    """Return how far the declared exit is, inf where none is declared."""
    plan = context.history.trader.plan(kind, symbol)
    percent = None if plan is None else plan.params.get("percent")
    return abs(percent) if isinstance(percent, int | float) else math.inf


def _sample(context: Context, window: Window, found: Candles, seen: Looks) -> dict[str, Fact]:
    orders = context.history.orders
    sales = window.holds(orders.at_us) & (orders.kind >= PARTIAL)
    return {
        "n": int(seen.sold.sum()),
        "sales_of_gains": int((seen.sold & seen.gain).sum()),
        "sales_of_losses": int((seen.sold & ~seen.gain).sum()),
        "looks": len(seen.order),
        **found.described(sales),
    }


def _verdict(context: Context, window: Window, seen: tuple[Looks, int], seed: int) -> Verdict:
    looked, step_us = seen
    tested = odds_ratio(looked.gain, looked.sold, looked.strata, day_blocks(looked.at_us))
    margin = Z_90 * tested.error
    posterior = shrunk(tested.log_ratio, tested.error, LOG_RATIO_SPREAD)
    gains = _sales(looked, looked.gain)
    return Verdict(
        p=tested.p,
        posterior=posterior,
        effect=math.exp(tested.log_ratio),
        interval=(_exp(tested.log_ratio - margin), _exp(tested.log_ratio + margin)),
        facts={
            "step_minutes": words.significant(step_us / MINUTE_US),
            "sold_per_look_in_gain": _rate(looked.sold[looked.gain]),
            "sold_per_look_in_loss": _rate(looked.sold[~looked.gain]),
            "effect_size": words.effect_size(tested.log_ratio * LOGIT_TO_D),
            **sale_days(context, window),
            **regime(context, window),
            **_given_up(context, gains, seed),
        },
    )


def _given_up(context: Context, gains: Integers, seed: int) -> dict[str, Fact]:
    """Return what the sold winners did next beyond other positions held, in return."""
    after = {
        name: against_random(context, gains, horizon_us, seed)
        for name, horizon_us in HORIZONS.items()
    }
    return {f"winners_less_others_{name}": mean_given_up(one) for name, one in after.items()}


def _rate(sold: Flags) -> Fact:
    return words.significant(float(sold.mean())) if len(sold) else None


def _exp(value: float) -> float:
    """Return e to the value; what no float can hold is the largest one."""
    return math.exp(min(value, LARGEST_LOG))


HARDEST = 5.5  # of all core habits it has the fewest events to be read from

DETECTOR = Detector(
    bias="disposition",
    formula=FORMULA,
    unit="odds ratio",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    cost=cost,
    needs_candles=True,
    weight=HARDEST,
)
