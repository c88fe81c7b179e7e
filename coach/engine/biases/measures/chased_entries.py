"""Entries after strong moves beside the moves of the same markets at other times."""

import math

import numpy as np

from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.measures.chases import (
    FEWEST_CONTROLS,
    Controls,
    controls,
    entry_orders,
    moves_at,
    volume_ratios,
)
from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.engine.biases.measures.sizes.held import candles
from coach.engine.biases.return_gap import return_gap
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.distributions import poisson_binomial
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.shrinkage import rate_difference
from coach.model.insights import Fact
from coach.model.times import DAY_US, HOUR_US
from coach.values import dataclass

CHASE = 2.0
SMALLEST_RATIO = 1.5
TIE_STREAM = 997


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The entries that can be compared, (n,): order rows, mirrored z_1h and their controls.

    `opens` says which of them begin an occasion: entries within 45 minutes of each other follow
    the same move and are one for the test, the interval and the belief. `day` and `volume` are
    the mirrored z_24h and the volume ratio of the chases, `smallest` is the difference in rate
    from which on a style matters.
    """

    orders: Integers
    opens: Flags
    z: Floats
    controls: Controls
    day: Floats
    volume: Floats
    smallest: float

    @property
    def chased(self) -> Flags:
        """Which of them followed a move."""
        return self.z > CHASE

    @property
    def rate(self) -> float:
        """The share that followed a move."""
        return float(self.chased.mean())

    @property
    def expected(self) -> float:
        """The share that the controls predict."""
        return float(self.controls.share.mean())

    @property
    def contrary(self) -> float:
        """The share that came after as large a move the other way."""
        return float((self.z < -CHASE).mean())

    @property
    def is_style(self) -> bool:
        """Whether moves are followed more often than they come, by a half and two points."""
        more = self.rate > SMALLEST_RATIO * max(self.expected, self.contrary)
        return more and self.rate > self.expected + self.smallest

    def p(self, seed: int) -> float:
        """Return P(at least so many occasions), a tie counted in part by a draw from the seed."""
        share = self.controls.share[self.opens]
        hits = int((self.chased & self.opens).sum())
        beyond = poisson_binomial.at_least(hits + 1, share)
        tie = poisson_binomial.at_least(hits, share) - beyond
        return beyond + float(uniforms(seed, (1,), TIE_STREAM)[0]) * tie


def on_plan(context: Context) -> Flags:
    """Say which symbols, by code, a declared momentum plan covers."""
    history = context.history
    plans = [history.trader.plan("momentum", symbol) for symbol in history.symbols]
    return np.array([plan is not None for plan in plans], np.bool_)


def comparable_entries(
    context: Context, window: Window, smallest: float, seed: int
) -> tuple[Entries, dict[str, Fact], tuple[str, ...]]:
    """Return the entries that can be compared, what the sample holds, and what candles lack."""
    history, orders = context.history, context.history.orders
    inside = window.holds(orders.at_us)
    found = candles(context, inside)
    rows = entry_orders(context)
    rows = rows[inside[rows]]
    planned = on_plan(context)[history.symbol[orders.trip[rows]]]
    rows = rows[~planned]
    z = moves_at(context, found, rows, HOUR_US)
    drawn = controls(context, found, rows, CHASE, seed)
    usable = ~np.isnan(z) & (drawn.count >= FEWEST_CONTROLS)
    kept = Controls(drawn.share[usable], drawn.count[usable])
    sample: dict[str, Fact] = {
        "n": int(usable.sum()),
        "chases": int((z[usable] > CHASE).sum()),
        "controls": int(kept.count.sum()),
        "planned_entries": int(planned.sum()),
        **found.described(inside & (orders.kind == 0)),
    }
    chases = rows[usable & (z > CHASE)]
    day, volume = moves_at(context, found, chases, DAY_US), volume_ratios(context, found, chases)
    opens = opens_an_occasion(orders.at_us[rows[usable]])
    seen = Entries(rows[usable], opens, z[usable], kept, day, volume, smallest)
    return seen, sample, found.lacks


def judge(context: Context, window: Window, seen: Entries, seed: int) -> Verdict:
    """Return the difference in rate with its test, and the facts beside it; a claim is off plan."""
    occasions = int(seen.opens.sum())
    off_plan = context.history.trader.plan("momentum") is not None
    controlled = int(seen.controls.count.sum())
    low, high = _interval(seen, occasions)
    is_habit = seen.is_style and off_plan
    return Verdict(
        p=seen.p(seed),
        posterior=rate_difference(seen.rate, occasions, seen.expected, controlled),
        effect=seen.rate - seen.expected,
        interval=(low, high),
        holds=is_habit,
        facts={
            "occasions": occasions,
            "tier": "off_plan" if is_habit else "style" if seen.is_style else "none",
            "chase_rate": words.significant(seen.rate),
            "control_rate": words.significant(seen.expected),
            "off_plan": off_plan,
            **_made_less(context, window, seen),
            "contrary_rate": words.significant(seen.contrary),
            "z_24h_of_chases": _mean(seen.day),
            "volume_of_chases": _mean(seen.volume),
            "effect_size": words.effect_size(words.arcsine_difference(seen.rate, seen.expected)),
        },
    )


def _interval(seen: Entries, count: int) -> tuple[float, float]:
    """Return the 90 % interval of the difference in rate.

    Newcombe's (1998, Stat. Med. 17:873, method 10) of two Wilson intervals. The controls of one
    entry are bars of one fortnight and of one mood of the market: together they count as one.
    """
    low, high = wilson(seen.rate * count, count)
    least, most = wilson(seen.expected * count, count)
    difference = seen.rate - seen.expected
    return (
        difference - math.hypot(seen.rate - low, most - seen.expected),
        difference + math.hypot(high - seen.rate, seen.expected - least),
    )


def _made_less(context: Context, window: Window, seen: Entries) -> dict[str, Fact]:
    """Return what the chases made less than the own other entries, net, with its 90 % interval.

    Per unit of money. It is a fact and opens no gate: it follows the momentum of the market, and
    where moves run on it speaks for whoever follows them.
    """
    history = context.history
    priced = window.holds(history.opened_us) & (history.closed_us != OPEN) & (history.notional > 0)
    rows = np.flatnonzero(priced)
    chased = np.isin(rows, history.orders.trip[seen.orders[seen.chased]])
    if not chased.any() or chased.all():
        return {"made_less": None, "made_less_low": None, "made_less_high": None}
    returns = history.net[rows] / history.notional[rows]
    less = return_gap(returns, chased, history.opened_us[rows]).belief()
    return {
        "made_less": words.significant(less.mean),
        "made_less_low": words.significant(less.mean - less.margin),
        "made_less_high": words.significant(less.mean + less.margin),
    }


def _mean(values: Floats) -> Fact:
    """Return the mean of what is known, None where nothing is."""
    values = values[~np.isnan(values)]
    return words.significant(float(values.mean())) if len(values) else None
