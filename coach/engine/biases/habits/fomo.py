"""D5 FOMO: entering after a move, more often than moves come, and paying for it.

A chase is an entry after an hour that moved by more than two usual hours (mirrored for shorts).
Tier 1, a style: more chases than the same trader's own hours hold such moves, by a half and by
two percentage points, and by a half more than entries after moves the other way: who comes for
the news comes after both. Tier 2, the habit: the chases also made less than the own other
entries, or they are off the declared plan. Style alone is a fact and never a claim: rules that
follow a move chase by design.
Sources: Barber & Odean (2008), RFS 21:785, attention buying; Barber, Huang, Odean & Schwarz
(2022), J. Finance 77:3141; Kogan et al. (2024), J. Financial Economics, the same people chase in
crypto and not in stocks, so the controls are the trader's own. Thresholds are ours.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from coach.engine.biases.cost_of_entries import cost_of_entries, difference
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window
from coach.engine.biases.event import moment
from coach.engine.biases.measures.chases import (
    DAY_US,
    FEWEST_CONTROLS,
    HOUR_US,
    Controls,
    controls,
    entry_orders,
    moves_at,
    volume_ratios,
)
from coach.engine.biases.measures.held import candles, candles_by_order
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics import poisson_binomial, words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.floors import FEWEST_COMPARED, more_trades
from coach.engine.statistics.normal import probability_above
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.shrinkage import Posterior, rate_difference
from coach.model.insights import Cost, Fact, Tag

FORMULA = "fomo@1"
CHASE = 2.0
SMALLEST_RATE_DIFFERENCE = 0.02
SMALLEST_RATIO = 1.5
SURE_OF_COST = 0.995  # 0.93 lets one in five of those pass whose rule follows moves
TAGGED = 2.4
TIE_STREAM = 997
SUREST = 1 - 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The entries that can be compared, (n,): order rows, mirrored z_1h and their controls.

    `day` and `volume` are the mirrored z_24h and the volume ratio of the chases among them.
    """

    orders: Integers
    z: Floats
    controls: Controls
    day: Floats
    volume: Floats

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
        return more and self.rate > self.expected + SMALLEST_RATE_DIFFERENCE

    def p(self, seed: int) -> float:
        """Return P(at least so many chases), a tie counted in part by a draw from the seed."""
        hits = int(self.chased.sum())
        beyond = poisson_binomial.at_least(hits + 1, self.controls.share)
        tie = poisson_binomial.at_least(hits, self.controls.share) - beyond
        return beyond + float(uniforms(seed, (1,), TIE_STREAM)[0]) * tie


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how often a move came before an entry with how often it comes at all."""
    seen, sample, lacks = _entries(context, window, seed)
    count = len(seen.orders)
    enough = count >= FEWEST_COMPARED
    rows = context.history.orders.trip[seen.orders]
    entries = int(window.holds(context.history.opened_us).sum())
    return Measurement(
        n=count,
        needed=more_trades(FEWEST_COMPARED - count, count, entries),
        affected=np.sort(rows[seen.chased]),
        sample=sample,
        verdict=_verdict(context, window, seen, seed) if enough else None,
        progress={"entries": count, "fewest_entries": FEWEST_COMPARED},
        against=np.sort(rows[seen.z < -CHASE]),
        lacks=() if enough else lacks,
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the chases against all other entries."""
    seen, _, _ = _entries(context, window, seed)
    chased = context.history.orders.trip[seen.orders[seen.chased]]
    return cost_of_entries(context, window, chased, seed)


def tags(context: Context) -> list[Tag]:
    """Tag entries after an hour of 2.4 usual moves or more, off any such plan."""
    found = candles_by_order(context)
    rows = entry_orders(context)
    rows = rows[found.covered[rows]]
    rows = rows[~_planned(context)[context.history.symbol[context.history.orders.trip[rows]]]]
    z = moves_at(context, found, rows, HOUR_US)
    rows, z = rows[z >= TAGGED], z[z >= TAGGED]
    day, volume = moves_at(context, found, rows, DAY_US), volume_ratios(context, found, rows)
    facts = zip(rows.tolist(), z.tolist(), day.tolist(), volume.tolist(), strict=True)
    return [_tag(context, *one) for one in facts]


def _planned(context: Context) -> Flags:
    """Say which symbols, by code, a declared momentum plan covers."""
    history = context.history
    plans = [history.trader.plan("momentum", symbol) for symbol in history.symbols]
    return np.array([plan is not None for plan in plans], np.bool_)


def _entries(
    context: Context, window: Window, seed: int
) -> tuple[Entries, dict[str, Fact], tuple[str, ...]]:
    history, orders = context.history, context.history.orders
    inside = window.holds(orders.at_us)
    found = candles(context, inside)
    rows = entry_orders(context)
    rows = rows[inside[rows]]
    planned = _planned(context)[history.symbol[orders.trip[rows]]]
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
    return Entries(rows[usable], z[usable], kept, day, volume), sample, found.lacks


def _verdict(context: Context, window: Window, seen: Entries, seed: int) -> Verdict:
    hits, count = int(seen.chased.sum()), len(seen.orders)
    off_plan = context.history.trader.plan("momentum") is not None
    costly = 1.0 if off_plan else _sure_of_cost(context, window, seen, seed)
    controlled = int(seen.controls.count.sum())
    belief = rate_difference(seen.rate, count, seen.expected, controlled)
    low, high = _interval(seen, hits, count)
    is_habit = seen.is_style and costly >= SURE_OF_COST
    return Verdict(
        p=seen.p(seed),
        posterior=_both(belief, costly),
        effect=seen.rate - seen.expected,
        interval=(low, high),
        holds=is_habit,
        facts={
            "tier": "costly" if is_habit else "style" if seen.is_style else "none",
            "chase_rate": words.significant(seen.rate),
            "control_rate": words.significant(seen.expected),
            "sure_of_cost": words.significant(costly),
            "off_plan": off_plan,
            "contrary_rate": words.significant(seen.contrary),
            "z_24h_of_chases": _mean(seen.day),
            "volume_of_chases": _mean(seen.volume),
            "effect_size": words.effect_size(words.arcsine_difference(seen.rate, seen.expected)),
        },
    )


def _interval(seen: Entries, hits: int, count: int) -> tuple[float, float]:
    """Return the 90 % interval of the difference in rate.

    Newcombe's (1998, Stat. Med. 17:873, method 10) of two Wilson intervals. The controls of one
    entry are bars of one fortnight and of one mood of the market: together they count as one.
    """
    low, high = wilson(hits, count)
    least, most = wilson(seen.expected * count, count)
    difference = seen.rate - seen.expected
    return (
        difference - math.hypot(seen.rate - low, most - seen.expected),
        difference + math.hypot(high - seen.rate, seen.expected - least),
    )


def _sure_of_cost(context: Context, window: Window, seen: Entries, seed: int) -> float:
    """Return P(chases make less than the own other entries), net per unit of money."""
    history = context.history
    priced = window.holds(history.opened_us) & (history.closed_us != OPEN) & (history.notional > 0)
    rows = np.flatnonzero(priced)
    chased = np.isin(rows, history.orders.trip[seen.orders[seen.chased]])
    if not chased.any() or chased.all():
        return 0.5
    returns = history.net[rows] / history.notional[rows]
    less, error = difference(returns, chased, history.opened_us[rows], seed)
    return 0.5 if math.isinf(error) else probability_above(0.0, less, error)


def _both(belief: Posterior, costly: float) -> Posterior:
    """Believe in chases that cost: P(above the minimum) times P(cost), the two independent."""
    probability = belief.above(SMALLEST_RATE_DIFFERENCE) * costly
    score = NormalDist().inv_cdf(min(max(probability, 1 - SUREST), SUREST))
    return Posterior(SMALLEST_RATE_DIFFERENCE + score * belief.deviation, belief.deviation)


def _mean(values: Floats) -> Fact:
    """Return the mean of what is known, None where nothing is."""
    values = values[~np.isnan(values)]
    return words.significant(float(values.mean())) if len(values) else None


def _tag(context: Context, order: int, hour: float, day: float, volume: float) -> Tag:
    history = context.history
    row = int(history.orders.trip[order])
    size = float(history.notional[row] / context.usual[row])
    return Tag(
        bias="fomo",
        trade_id=history.ids[row],
        at=moment(int(history.orders.at_us[order])),
        fill_keys=history.entry_fills[row],
        facts={
            "z_1h": words.significant(hour),
            "z_24h": _told(day),
            "volume_ratio": _told(volume),
            "size_ratio": _told(size),
        },
        formula=FORMULA,
        event_keys=history.entry_fills[row],
    )


def _told(value: float) -> Fact:
    return None if math.isnan(value) else words.significant(value)


DETECTOR = Detector(
    bias="fomo",
    formula=FORMULA,
    unit="difference in rate",
    minimum=SMALLEST_RATE_DIFFERENCE,
    measure=measure,
    cost=cost,
    tags=tags,
    needs_candles=True,
    by_entry=True,
)
