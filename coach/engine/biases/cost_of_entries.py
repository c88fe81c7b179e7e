"""What a set of entries cost beside the trader's own others. Never the sum of its losses.

gap = mean gross return per unit of notional of the other entries of the same week and quote
currency, less that of the set; cost = gap x notional of the set. The gap is shrunk towards 0
with a spread of 30 basis points; its error is the larger of that of whole days drawn anew and
that of single entries, since few entries on few days look alike by chance. Fees are known to
the last digit and stand apart: leaving the entries out would have saved exactly those.
"""

from decimal import Decimal

import numpy as np

from coach.engine.biases.detector import Window, by_quote
from coach.engine.biases.money import cost
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, resampled_ratios
from coach.engine.statistics.normal import Z_90
from coach.engine.statistics.shrinkage import RETURN_SPREAD, Posterior, shrunk
from coach.engine.statistics.strata import contrast
from coach.model.insights import Cost
from coach.model.times import DAY_US

MONDAY = 4  # 1970-01-05 was one


def cost_of_entries(
    context: Context, window: Window, chosen: Integers, seed: int
) -> tuple[Cost, ...]:
    """Price the `chosen` entries that have closed, one cost per quote currency they used."""
    history = context.history
    priced = window.holds(history.opened_us) & (history.closed_us != OPEN) & (history.notional > 0)
    return tuple(
        _one_currency(context, quote, rows, np.isin(rows, chosen), seed)
        for quote, rows in by_quote(context, np.flatnonzero(priced))
        if np.isin(rows, chosen).any()
    )


def _one_currency(context: Context, quote: str, rows: Integers, chosen: Flags, seed: int) -> Cost:
    history = context.history
    returns = history.gross[rows] / history.notional[rows]
    missed = gap(returns, chosen, history.opened_us[rows], seed)
    notional = float(history.notional[rows[chosen]].sum())
    estimate, margin = missed.mean * notional, Z_90 * missed.deviation * notional
    fees = sum((history.trips[row].fees for row in rows[chosen].tolist()), Decimal(0))
    return cost(quote, estimate, (estimate - margin, estimate + margin), fees)


def gap(returns: Floats, chosen: Flags, entered_us: Integers, seed: int) -> Posterior:
    """Believe in the return that others of the same week had more than the chosen; all (n,)."""
    return shrunk(*difference(returns, chosen, entered_us, seed), RETURN_SPREAD)


def difference(
    returns: Floats, chosen: Flags, entered_us: Integers, seed: int
) -> tuple[float, float]:
    """Return what others of the same week had more than the chosen, and its standard error."""
    weeks = (entered_us // DAY_US - MONDAY) // 7
    _, strata = np.unique(weeks, return_inverse=True)
    compared = contrast(chosen, -returns, strata)
    draws = resampled_ratios(
        day_blocks(entered_us), compared.numerators, compared.denominators, seed
    )
    error = max(compared.error(), float(draws.std()) if len(draws) else 0.0)
    return compared.difference(), error
