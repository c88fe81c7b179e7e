"""The hedge: a long trip in one symbol and a short one in another, opened and closed together."""

from collections import Counter

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import directions
from coach.engine.features.context import Context
from coach.engine.features.context import context as make_context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.words import significant
from coach.model.reasons import Reason
from coach.model.times import MINUTE_US

FEWEST_TRIPS = 10
"""Fewer closed trips show no hedge. Chosen on two simulated sets."""
TOGETHER_US = 15 * MINUTE_US
"""Two legs that are entered by hand, one after the other, lie within this of each other.

Chosen on two simulated sets, reported on others.
"""
SHARE = 0.5
"""The share of trips with another leg that makes a hedge: most of them.

Traders with planted habits had .07 at most on the two sets that it was chosen on.
"""
MOST_NEIGHBOURS = 64
"""How many trips that were opened after a trip are tried as its other leg."""


def hedge(context: Context, window: Window) -> Reason | None:
    """Return the hedge of most closed trips of the window, None where there is none."""
    history = context.history
    closed = (history.closed_us != OPEN) & window.holds(history.closed_us)
    rows = np.flatnonzero(closed)
    if len(rows) < FEWEST_TRIPS:
        return None
    legs = other_legs(context, rows)
    share = float((legs >= 0).mean())
    if share < SHARE:
        return None
    paired = np.flatnonzero(legs >= 0)
    first, second = history.symbol[rows[paired]], history.symbol[legs[paired]]
    pairs = Counter(
        tuple(sorted(pair)) for pair in zip(first.tolist(), second.tolist(), strict=True)
    )
    (one, other), _ = max(pairs.items(), key=lambda item: (item[1], item[0]))
    return Reason(
        kind="hedge",
        n=len(rows),
        share=significant(share),
        facts={"symbol": history.symbols[one], "other_symbol": history.symbols[other]},
    )


def without_hedges(context: Context) -> Context:
    """Return what is known less the closed trips that are legs of a hedge: two legs are one trade.

    A trip that is open still counts: whether it has another leg is not known.
    """
    history = context.history
    closed = np.flatnonzero(history.closed_us != OPEN)
    keep = np.ones(len(history), np.bool_)
    keep[closed[other_legs(context, closed) >= 0]] = False
    return make_context(history.only(keep))


def other_legs(context: Context, rows: Integers) -> Integers:
    """Return for each closed trip the row of its other leg, -1 where it has none, (n,).

    The other leg is another of the trips: in another symbol, of the other side, opened and closed
    within 15 minutes of this one.
    """
    history = context.history
    side, symbol = directions(history)[rows], history.symbol[rows]
    opened, closed = history.opened_us[rows], history.closed_us[rows]
    legs = np.full(len(rows), -1, np.int64)
    for distance in range(1, min(len(rows), MOST_NEIGHBOURS + 1)):
        near = opened[distance:] - opened[:-distance] <= TOGETHER_US
        if not near.any():
            break
        paired = (
            near
            & (np.abs(closed[distance:] - closed[:-distance]) <= TOGETHER_US)
            & (side[distance:] != side[:-distance])
            & (symbol[distance:] != symbol[:-distance])
        )
        earlier = np.flatnonzero(paired)
        later = earlier + distance
        legs[earlier] = np.where(legs[earlier] < 0, rows[later], legs[earlier])
        legs[later] = np.where(legs[later] < 0, rows[earlier], legs[later])
    return legs
