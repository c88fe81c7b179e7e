"""Quick, larger entries after losses and after wins: the evidence of a year for revenge trading.

A block is twelve consecutive decided closes. Of its losses and wins some were followed within
45 minutes by an entry larger than usual; where the outcome did not matter, they fell on losses as
draws do. Of closes within ten minutes of each other only the first counts. A block has ended 45
minutes after its last close.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.engine.biases.measures.quick_returns import LONGEST_US, returns_after_closes
from coach.engine.biases.year.e_values import Draws, hypergeometric
from coach.engine.biases.year.span import TradingYear
from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.strata import CLOSES_PER_STRATUM
from coach.model.times import MINUTE_US

ODDS = (2.0, 4.0, 8.0)
ONE_CLOSE_US = 10 * MINUTE_US


def evidence(context: Context, year: TradingYear) -> Floats:
    """Return the logarithm of the e-value of each ended block of closes, (blocks, 3)."""
    window = Window(year.start_us, min(year.end_us, year.until_us))
    returns = returns_after_closes(context, window)
    closed_us = context.history.closed_us[returns.close]
    rows = np.flatnonzero(
        opens_an_occasion(closed_us, ONE_CLOSE_US) & (closed_us + LONGEST_US < year.until_us)
    )
    count = len(rows) // CLOSES_PER_STRATUM
    rows = rows[: count * CLOSES_PER_STRATUM]
    block = np.arange(len(rows)) // CLOSES_PER_STRATUM
    lost, larger = returns.after_loss[rows], returns.larger[rows]
    blocks = Draws(
        *(
            np.bincount(block[chosen], minlength=count)
            for chosen in (np.ones(len(rows), np.bool_), lost, larger, lost & larger)
        )
    )
    return hypergeometric(blocks, ODDS)
