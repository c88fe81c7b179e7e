"""No adding to a position while the price is worse than its average price.

The average is that of the entries, without fees. The first such order of a trade is the breach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from coach.engine.rules.kinds.kind import Kind, Scale, a_week, always
from coach.engine.rules.params import number
from coach.wording.facts import limit, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags, Floats, Integers
    from coach.wording.facts import FactText

WHOLE: Final = 100.0


class NoAveragingDownFacts(TypedDict):
    """How far behind the position was, how far it may be, in percent of the average price."""

    behind_percent: float
    limit: float
    margin: float


def hits(params: Params, ground: Ground) -> Iterator[Hit[NoAveragingDownFacts]]:
    """Yield each trade that was averaged down, with the first order that did it."""
    import numpy as np

    from coach.engine.rules.exactly import NEAR
    from coach.engine.rules.ground import Hit

    most, orders = number(params, "below"), ground.history.orders
    adds, behind = _adds_behind(ground)
    reported: set[int] = set()
    for place in np.flatnonzero(behind > most * (1 + NEAR) + NEAR).tolist():
        order = int(adds[place])
        row = int(orders.trip[order])
        if row not in reported:
            reported.add(row)
            facts = _facts(float(behind[place]), most)
            yield Hit(row, int(orders.at_us[order]), facts, orders.keys[order])


def score(_params: Params, ground: Ground) -> Floats:
    """Return how far each trade that was added to while behind was behind, in percent, (n,)."""
    import numpy as np

    adds, behind = _adds_behind(ground)
    found = np.zeros(len(ground.history))
    np.maximum.at(found, ground.history.orders.trip[adds], behind)
    return np.where(found > 0, found, np.nan)


def judged(_params: Params, ground: Ground) -> Flags:
    """Say of which trades the orders are known, (n,)."""
    return ground.with_orders


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    if params["below"] == 0:
        return "No averaging down"
    return f"No averaging down beyond {params['below']} % from the average price"


def vacuous(params: Params) -> str:
    """Return why no trade can break the rule, empty where one can."""
    whole = number(params, "below") >= WHOLE
    return "a price cannot fall by more than 100 %, it can never be broken" if whole else ""


def texts(facts: NoAveragingDownFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "behind": measure(facts["behind_percent"], " %"),
        "limit": limit(facts["limit"], " %"),
    }


def _adds_behind(ground: Ground) -> tuple[Integers, Floats]:
    """Return the orders that added, and how far behind the position was, in percent, (m,)."""
    import numpy as np

    from coach.engine.features.orders import ADD

    orders = ground.history.orders
    adds = np.flatnonzero((orders.kind == ADD) & (orders.average > 0))
    away = (orders.average[adds] - orders.price[adds]) / orders.average[adds]
    return adds, ground.signs[orders.trip[adds]] * away * WHOLE


def _facts(behind: float, most: float) -> NoAveragingDownFacts:
    behind = round(behind, 4)
    return NoAveragingDownFacts(behind_percent=behind, limit=most, margin=round(behind - most, 4))


KIND = Kind(
    name="no_averaging_down",
    version=1,
    title="No averaging down",
    params={
        "below": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "default": 0,
            "description": "percent by which the price may be worse than the average price",
        }
    },
    one_of=(),
    optional=(),
    help=("below: percent worse than the average price (0)",),
    sentence=sentence,
    breach="averaged down {behind} from the average (limit {limit})",
    texts=texts,
    needs=always("orders", "price"),
    looks_back=a_week,
    judged=judged,
    looser={"below": "up"},
    loosens=None,
    threshold="below",
    scale=Scale("averaging_down", "as it is", score),
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=False,
)
