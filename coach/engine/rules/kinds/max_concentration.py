"""No position whose cost is too large a part of the money.

Cost is what the open quantity was bought for, after each order that opens or adds; the money is
the declared equity plus the net results realised by then. The first order too many is the breach.
Without orders only the opening one is looked at.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.features.orders import ADD
from coach.engine.rules.exactly import NEAR
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, number
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.insights import Fact

WHOLE = 100.0


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each position that became too large, with its share at that moment."""
    if ground.start_equity is None:
        return
    limit, history = number(params, "share"), ground.history
    opening = _shares(ground, history.notional, history.opened_us)
    large = opening > limit * (1 + NEAR)
    for row in np.flatnonzero(large).tolist():
        yield ground.entry(row, _facts(float(opening[row]), limit))
    orders = history.orders
    adds = np.flatnonzero((orders.kind == ADD) & ~large[orders.trip])
    cost = orders.before[adds] * orders.average[adds] + orders.quantity[adds] * orders.price[adds]
    shares = _shares(ground, cost, orders.at_us[adds])
    told: set[int] = set()
    for place in np.flatnonzero(shares > limit * (1 + NEAR)).tolist():
        order = int(adds[place])
        row = int(orders.trip[order])
        if row not in told:
            told.add(row)
            facts = _facts(float(shares[place]), limit)
            yield Hit(row, int(orders.at_us[order]), facts, orders.keys[order])


def _shares(ground: Ground, cost: Floats, at_us: Integers) -> Floats:
    """Return the cost in percent of the money at each moment, (m,)."""
    start = ground.start_equity
    assert start is not None
    sums = ground.nets(0)
    earned = sums.floats[np.searchsorted(sums.at_us, at_us, side="right")]
    shares: Floats = cost / np.maximum(start + earned, start / WHOLE) * WHOLE
    return shares


def _facts(share: float, limit: float) -> dict[str, Fact]:
    share = round(share, 4)
    return {"share": share, "limit": limit, "margin": round(share - limit, 4)}
