"""No new trade in a week of the trader's time zone whose fees are spent.

The fees are those of what was closed since Monday, of whole trades and of parts: the fee of each
closing fill and those of the entries that it closed. Reaching the budget is enough. Fees in a
third coin count where a stored candle values them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.rules.exactly import NEAR, amount, units
from coach.engine.rules.ground import MONDAY, Ground, Hit
from coach.engine.rules.kinds.spec import Params, number
from coach.engine.rules.money_limits import currencies

if TYPE_CHECKING:
    from coach.model.insights import Fact

DAYS = 7


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry after the week's budget, with what was paid by then."""
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
                row = int(rows[place])
                facts: dict[str, Fact] = {
                    "fees": amount(spent),
                    "budget": budget,
                    "margin": amount(spent - least),
                    "quote": ground.history.quotes[quote],
                }
                yield ground.entry(row, facts, sums.last_fills(int(end[place])))
