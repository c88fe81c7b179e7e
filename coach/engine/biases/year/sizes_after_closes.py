"""Sizes after losses and after wins, twelve closes at a time: the evidence of a year.

A block is twelve consecutive decided closes that were followed by entries. Where the outcome did
not matter, the sizes of a block could change places. A block has ended when the next close was
followed by an entry, for until then its last close may get another.
"""

from typing import Literal

import numpy as np

from coach.engine.biases.closes import followed_closes
from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.size_change import SizeAfter
from coach.engine.biases.year.e_values import permutation
from coach.engine.biases.year.span import TradingYear
from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import seed_of
from coach.engine.statistics.strata import CLOSES_PER_STRATUM

TILTS = (0.35, 0.7, 1.2)
MOST_LOG = 1.2
SMALLEST = 0.0  # the minimum is for the flag; here any rise is compared with none


def evidence(context: Context, year: TradingYear, outcome: Literal[-1, 1]) -> Floats:
    """Return the logarithm of the e-value of each ended block of closes, (blocks, 3).

    For sizes after losses (`outcome` -1) or after wins (1).
    """
    window = Window(year.start_us, min(year.end_us, year.until_us))
    closes = followed_closes(context, window, ~np.isnan(context.log_size))
    count = max(len(closes.first) - 1, 0) // CLOSES_PER_STRATUM
    if not count:
        return np.zeros((0, len(TILTS)))
    rows = count * CLOSES_PER_STRATUM
    size = np.clip(closes.mean(context.log_size[closes.entries]), -MOST_LOG, MOST_LOG)
    doses = SizeAfter(outcome, SMALLEST).doses(context, closes)
    blocks = (count, CLOSES_PER_STRATUM)
    entered = context.history.opened_us[closes.next_entry[:rows]].reshape(blocks)
    seeds = [
        seed_of(b"year", outcome.to_bytes(1, "big", signed=True), _bytes(row)) for row in entered
    ]
    return permutation(
        doses[:rows].reshape(blocks), size[:rows].reshape(blocks), np.array(seeds), TILTS
    )


def _bytes(moments: Integers) -> bytes:
    return moments.astype("<i8").tobytes()
