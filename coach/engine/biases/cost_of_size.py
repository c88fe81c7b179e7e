"""What the size beyond the usual cost: the same trades replayed at the trailing median size.

Replayed result = gross x usual / size; cost = replayed - actual, summed over the entries, the
smaller than usual included. Fees scale with size and are told apart. The interval comes from
whole days drawn anew. It assumes that everything else would have been traded the same.
"""

from decimal import Decimal

import numpy as np

from coach.engine.biases.detector import Window, by_quote
from coach.engine.biases.money import cost
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_sums
from coach.engine.statistics.words import significant
from coach.model.insights import Cost


def cost_of_size(context: Context, window: Window, chosen: Integers, seed: int) -> tuple[Cost, ...]:
    """Replay the `chosen` entries that have closed and whose usual size is known."""
    history = context.history
    priced = window.holds(history.opened_us) & (history.closed_us != OPEN) & (context.usual > 0)
    return tuple(
        _one_currency(context, quote, rows, np.isin(rows, chosen), seed)
        for quote, rows in by_quote(context, np.flatnonzero(priced))
        if np.isin(rows, chosen).any()
    )


def _one_currency(context: Context, quote: str, rows: Integers, chosen: Flags, seed: int) -> Cost:
    history = context.history
    beyond = np.where(chosen, 1 - context.usual[rows] / history.notional[rows], 0.0)
    lost = -history.gross[rows] * beyond
    draws = resampled_sums(day_blocks(history.opened_us[rows]), lost[:, None], seed)[:, 0]
    fees = significant(float((history.fees[rows] * beyond).sum()))
    return cost(quote, float(lost.sum()), interval(draws), Decimal(repr(fees)))
