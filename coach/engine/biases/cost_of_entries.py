"""What a set of entries cost beside the trader's own others. Never the sum of its losses.

gap = mean gross return per unit of notional of the other entries of the same week and quote
currency, less that of the set; cost = gap x notional of the set, with the gap's own interval
(`return_gap`). Fees are known to the last digit and stand apart: leaving the entries out would
have saved exactly those.
"""

from decimal import Decimal

import numpy as np

from coach.engine.biases.detector import Window, by_quote
from coach.engine.biases.money import cost
from coach.engine.biases.return_gap import return_gap
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Flags, Integers
from coach.model.insights import Cost


def cost_of_entries(context: Context, window: Window, chosen: Integers) -> tuple[Cost, ...]:
    """Price the `chosen` entries that have closed, one cost per quote currency they used."""
    history = context.history
    priced = window.holds(history.opened_us) & (history.closed_us != OPEN) & (history.notional > 0)
    return tuple(
        _one_currency(context, quote, rows, np.isin(rows, chosen))
        for quote, rows in by_quote(context, np.flatnonzero(priced))
        if np.isin(rows, chosen).any()
    )


def _one_currency(context: Context, quote: str, rows: Integers, chosen: Flags) -> Cost:
    history = context.history
    returns = history.gross[rows] / history.notional[rows]
    missed = return_gap(returns, chosen, history.opened_us[rows]).belief()
    notional = float(history.notional[rows[chosen]].sum())
    estimate, margin = missed.mean * notional, missed.margin * notional
    fees = sum((history.trips[row].fees for row in rows[chosen].tolist()), Decimal(0))
    return cost(quote, estimate, (estimate - margin, estimate + margin), fees)
