"""A kind of rule that another package could bring: no opening order above an amount of money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, a_week, always, every_trade, no_reason
from coach.engine.rules.params import above, number
from coach.wording.facts import limit, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.wording.facts import FactText


class Facts(TypedDict):
    """What the opening order cost, and what it may cost."""

    cost: str
    limit: float
    margin: str
    quote: str


def hits(params: Params, ground: Ground) -> Iterator[Hit[Facts]]:
    """Yield each entry that cost too much."""
    most = Decimal(str(params["amount"]))
    for row, trip in enumerate(ground.history.trips):
        if trip.notional > most:
            facts = Facts(
                cost=f"{trip.notional:f}",
                limit=number(params, "amount"),
                margin=f"{trip.notional - most:f}",
                quote=trip.quote,
            )
            yield ground.entry(row, facts)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"No opening order above {params['amount']} of a currency"


def texts(facts: Facts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "cost": money(facts["cost"], facts["quote"]),
        "limit": limit(facts["limit"], f" {facts['quote']}"),
    }


KIND = Kind(
    name="max_order_cost",
    version=7,
    title="No opening order above an amount",
    params={"amount": above("what an opening order may cost", 0, 1_000)},
    one_of=(),
    optional=(),
    help=("amount: of an opening order",),
    sentence=sentence,
    breach="opened for {cost} (limit {limit})",
    texts=texts,
    needs=always("price"),
    looks_back=a_week,
    judged=every_trade,
    looser={"amount": "up"},
    loosens=None,
    threshold="amount",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
