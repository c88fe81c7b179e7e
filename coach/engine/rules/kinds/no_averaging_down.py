"""Nothing added to a position whose price is on the wrong side of its average.

The average is that of the entries, without fees. The first such order of a trade is the breach.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.features.orders import ADD, ENTRY
from coach.engine.rules.exactly import NEAR
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, number
from coach.engine.statistics.arrays import Flags
from coach.model.insights import Fact

WHOLE = 100.0


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each trade that was averaged down, with the first order that did it."""
    limit, orders = number(params, "below"), ground.history.orders
    adds = np.flatnonzero((orders.kind == ADD) & (orders.average > 0))
    away = (orders.average[adds] - orders.price[adds]) / orders.average[adds]
    behind = ground.signs[orders.trip[adds]] * away * WHOLE
    told: set[int] = set()
    for place in np.flatnonzero(behind > limit * (1 + NEAR) + NEAR).tolist():
        order = int(adds[place])
        row = int(orders.trip[order])
        if row not in told:
            told.add(row)
            yield Hit(
                row,
                int(orders.at_us[order]),
                _facts(float(behind[place]), limit),
                orders.keys[order],
            )


def judged(ground: Ground) -> Flags:
    """Say of which trades the orders are known, (n,)."""
    known = np.zeros(len(ground.history), np.bool_)
    orders = ground.history.orders
    known[orders.trip[orders.kind == ENTRY]] = True
    return known


def _facts(behind: float, limit: float) -> dict[str, Fact]:
    behind = round(behind, 4)
    return {"behind_percent": behind, "limit": limit, "margin": round(behind - limit, 4)}
