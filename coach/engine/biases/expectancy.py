"""Whether some entries earned less than the trader's own others, after fees.

The gap is the mean net return per unit of notional of the other entries of the same week, less
that of the chosen. It is shrunk towards 0 with a spread of thirty basis points; its error is the
larger of that of single entries and that of whole days drawn anew.
"""

import math

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, resampled_ratios
from coach.engine.statistics.distributions.normal import Z_90
from coach.engine.statistics.shrinkage import RETURN_SPREAD, Posterior, shrunk
from coach.engine.statistics.strata import Contrast, contrast
from coach.model.times import DAY_US
from coach.values import dataclass

MONDAY = 4  # 1970-01-05 was one
SURE_OF_COST = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """What the chosen lack beside the others, per unit of notional; above 0 they did worse.

    `parts` (n,) add up to the gap's numerator, one per row. `posterior` is the shrunk belief,
    `interval` the 90 % around what was seen, by the same error: days drawn anew are too few to
    trust their own tails.
    """

    compared: Contrast
    posterior: Posterior
    interval: tuple[float, float]

    @property
    def parts(self) -> Floats:
        """Each row's part in the difference."""
        return self.compared.numerators

    @property
    def costs(self) -> bool:
        """Whether P(the chosen did worse) reaches nine in ten."""
        return self.posterior.above(0.0) >= SURE_OF_COST


def priced(context: Context, window: Window) -> Integers:
    """Return the rows of the entries inside the window that have closed by its end."""
    history = context.history
    closed = (history.closed_us != OPEN) & (history.closed_us < window.end_us)
    inside = window.holds(history.opened_us) & closed
    return np.flatnonzero(inside & (history.notional > 0))


def net_returns(context: Context, rows: Integers) -> Floats:
    """Return net result per unit of notional of closed rows, (n,)."""
    returns: Floats = context.history.net[rows] / context.history.notional[rows]
    return returns


def gap(context: Context, rows: Integers, chosen: Flags, seed: int) -> Gap:
    """Compare the `chosen` (n,) of the closed `rows` (n,) with the others of their weeks."""
    opened_us = context.history.opened_us[rows]
    weeks = (opened_us // DAY_US - MONDAY) // 7
    _, strata = np.unique(weeks, return_inverse=True)
    compared = contrast(chosen, -net_returns(context, rows), strata.astype(np.int64))
    if not chosen.any() or chosen.all():
        return Gap(compared, Posterior(0.0, RETURN_SPREAD), (0.0, 0.0))
    blocks = day_blocks(opened_us)
    draws = resampled_ratios(blocks, compared.numerators, compared.denominators, seed)
    seen = compared.difference()
    error = max(compared.error(), float(draws.std()) if len(draws) else 0.0)
    margin = Z_90 * error if math.isfinite(error) else 0.0
    return Gap(compared, shrunk(seen, error, RETURN_SPREAD), (seen - margin, seen + margin))
