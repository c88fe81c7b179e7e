"""No new trades once the fees of a week, in the trader's time zone, reach the budget.

The fees are those of what was closed since Monday, of whole trades and of parts: the fee of each
closing fill and those of the entries that it closed. Reaching the budget is enough. Fees in a
third coin count where a stored candle values them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from coach.engine.rules.kinds.kind import Kind, a_week, always, every_trade, no_reason
from coach.engine.rules.loss_facts import promised_money
from coach.engine.rules.params import CURRENCY, above, number
from coach.wording.facts import limit_of_money, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.wording.facts import FactText

DAYS: Final = 7


class FeeBudgetPerWeekFacts(TypedDict):
    """The fees of the week by then and the budget, in the quote currency."""

    fees: str
    budget: float
    margin: str
    quote: str


def hits(params: Params, ground: Ground) -> Iterator[Hit[FeeBudgetPerWeekFacts]]:
    """Yield each entry after the week's budget, with what was paid by then."""
    import numpy as np

    from coach.engine.rules.exactly import NEAR, amount, units
    from coach.engine.rules.ground import MONDAY
    from coach.engine.rules.money_limits import currencies

    budget = number(params, "budget")
    least = units(budget)
    for quote, rows in currencies(params, ground):
        sums = ground.fees(quote)
        weeks = (ground.days(sums.at_us) - MONDAY) // DAYS
        start = np.searchsorted(weeks, (ground.entry_days[rows] - MONDAY) // DAYS, side="left")
        end = np.maximum(sums.known(ground.history.opened_us[rows]), start)
        paid = sums.floats[end] - sums.floats[start]
        near = NEAR * (budget + np.abs(sums.floats).max())
        for place in np.flatnonzero(paid >= budget - near).tolist():
            spent = sums.exact[end[place]] - sums.exact[start[place]]
            if spent >= least:
                facts = FeeBudgetPerWeekFacts(
                    fees=amount(spent),
                    budget=budget,
                    margin=amount(spent - least),
                    quote=ground.history.quotes[quote],
                )
                yield ground.entry(int(rows[place]), facts, sums.last_fills(int(end[place])))


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"No new trades once the week's fees reach {promised_money(params, 'budget')}"


def texts(facts: FeeBudgetPerWeekFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "fees": money(facts["fees"], facts["quote"]),
        "budget": limit_of_money(facts["budget"], facts["quote"]),
    }


KIND = Kind(
    name="fee_budget_per_week",
    version=2,
    title="A budget for the fees of a week",
    params={
        "budget": above(
            "fees of the trades closed in one week, Monday to Sunday", 0, 1_000_000_000_000
        ),
        "currency": CURRENCY,
    },
    one_of=(),
    optional=("currency",),
    help=("budget: fees per week, and their currency: USD",),
    sentence=sentence,
    breach="weekly fees {fees} (limit {budget})",
    texts=texts,
    needs=always("zone"),
    looks_back=a_week,
    judged=every_trade,
    looser={"budget": "up", "currency": "ask"},
    loosens=None,
    threshold="budget",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
