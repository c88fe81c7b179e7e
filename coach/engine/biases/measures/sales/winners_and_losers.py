"""Sales of winners and of losers: which were planned, and how the odds of both compare."""

import math
from typing import Literal

import numpy as np

from coach.engine.biases.after_sales import HORIZONS, against_random, given_up_facts
from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.measures.regime import regime
from coach.engine.biases.measures.sales.looks import PositionLooks
from coach.engine.biases.measures.sales.sale_days import sale_days
from coach.engine.biases.measures.sizes.held import Candles, directions
from coach.engine.features.context import Context
from coach.engine.features.orders import PARTIAL
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.bootstrap import day_blocks
from coach.engine.statistics.distributions.normal import Z_90
from coach.engine.statistics.mantel_haenszel import odds_ratio
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.model.insights import Fact
from coach.model.times import MINUTE_US

NEAR = 0.9  # of a declared stop or target: the fill slips
LARGEST_LOG = 50.0
LOGIT_TO_D = math.sqrt(3) / math.pi  # Chinn (2000), Stat. Med. 19:3127


def sales_of(seen: PositionLooks, chosen: Flags) -> Integers:
    """Return the orders of the chosen looks that ended in a sale, oldest first."""
    return np.sort(seen.order[seen.sold & chosen])


def planned_looks(context: Context, seen: PositionLooks) -> Flags:
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


def describe(
    context: Context, window: Window, found: Candles, seen: PositionLooks
) -> dict[str, Fact]:
    """Return what the sample holds."""
    orders = context.history.orders
    sales = window.holds(orders.at_us) & (orders.kind >= PARTIAL)
    return {
        "n": int(seen.sold.sum()),
        "sales_of_gains": int((seen.sold & seen.gain).sum()),
        "sales_of_losses": int((seen.sold & ~seen.gain).sum()),
        "looks": len(seen.order),
        **found.described(sales),
    }


def judge(context: Context, window: Window, seen: tuple[PositionLooks, int], seed: int) -> Verdict:
    """Return the odds ratio with its test, and the facts beside it."""
    looked, step_us = seen
    tested = odds_ratio(looked.gain, looked.sold, looked.strata, day_blocks(looked.at_us))
    margin = Z_90 * tested.error
    posterior = shrunk(tested.log_ratio, tested.error, LOG_RATIO_SPREAD)
    gains = sales_of(looked, looked.gain)
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
    """Return what the sold winners did next beyond other positions held, with its interval."""
    facts: dict[str, Fact] = {}
    for name, horizon_us in HORIZONS.items():
        after = against_random(context, gains, horizon_us, seed)
        facts |= given_up_facts(context, after, f"winners_less_others_{name}", seed)
    return facts


def _rate(sold: Flags) -> Fact:
    return words.significant(float(sold.mean())) if len(sold) else None


def _exp(value: float) -> float:
    """Return e to the value; what no float can hold is the largest one."""
    return math.exp(min(value, LARGEST_LOG))
