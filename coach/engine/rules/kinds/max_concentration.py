"""No position whose cost exceeds a share of equity.

Cost is what the open quantity was bought for, after each order that opens or adds; the money is
the declared equity plus the net results realised by then. The first order too many is the breach.
Without orders only the opening one is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from coach.engine.rules.kinds.kind import Kind, LookBack, always, no_reason
from coach.engine.rules.params import above, number
from coach.wording.facts import limit, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags, Floats, Integers
    from coach.wording.facts import FactText

WHOLE: Final = 100.0


class MaxConcentrationFacts(TypedDict):
    """The share of the money and how large it may be, in percent."""

    share: float
    limit: float
    margin: float


def hits(params: Params, ground: Ground) -> Iterator[Hit[MaxConcentrationFacts]]:
    """Yield each position that became too large, with its share at that moment."""
    import numpy as np

    from coach.engine.features.orders import ADD
    from coach.engine.rules.exactly import NEAR
    from coach.engine.rules.ground import Hit

    if ground.start_equity is None:
        return
    most, history = number(params, "share"), ground.history
    opening = _shares(ground, history.notional, history.opened_us)
    large = opening > most * (1 + NEAR)
    for row in np.flatnonzero(large).tolist():
        yield ground.entry(row, _facts(float(opening[row]), most))
    orders = history.orders
    adds = np.flatnonzero((orders.kind == ADD) & ~large[orders.trip])
    cost = orders.before[adds] * orders.average[adds] + orders.quantity[adds] * orders.price[adds]
    shares = _shares(ground, cost, orders.at_us[adds])
    reported: set[int] = set()
    for place in np.flatnonzero(shares > most * (1 + NEAR)).tolist():
        order = int(adds[place])
        row = int(orders.trip[order])
        if row not in reported:
            reported.add(row)
            facts = _facts(float(shares[place]), most)
            yield Hit(row, int(orders.at_us[order]), facts, orders.keys[order])


def judged(_params: Params, ground: Ground) -> Flags:
    """Say of which trades the orders are known, (n,)."""
    return ground.with_orders


def looks_back(_params: Params) -> LookBack:
    """Return all days: the money is the sum of all results."""
    return LookBack(None, 0)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"At most {params['share']} % of equity in one position"


def texts(facts: MaxConcentrationFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {"share": measure(facts["share"], " %"), "limit": limit(facts["limit"], " %")}


def _shares(ground: Ground, cost: Floats, at_us: Integers) -> Floats:
    """Return the cost in percent of the money at each moment, (m,)."""
    import numpy as np

    start = ground.start_equity
    assert start is not None
    sums = ground.nets(0)
    earned = sums.floats[np.searchsorted(sums.at_us, at_us, side="right")]
    shares: Floats = cost / np.maximum(start + earned, start / WHOLE) * WHOLE
    return shares


def _facts(share: float, most: float) -> MaxConcentrationFacts:
    share = round(share, 4)
    return MaxConcentrationFacts(share=share, limit=most, margin=round(share - most, 4))


KIND = Kind(
    name="max_concentration",
    version=2,
    title="A maximum share of equity in one position",
    params={"share": above("cost of the position, in percent of equity", 0, 1_000)},
    one_of=(),
    optional=(),
    help=("share: of equity in one position",),
    sentence=sentence,
    breach="{share} of equity in one position (limit {limit})",
    texts=texts,
    needs=always("equity", "orders", "price"),
    looks_back=looks_back,
    judged=judged,
    looser={"share": "up"},
    loosens=None,
    threshold="share",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
