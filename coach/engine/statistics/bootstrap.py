"""Intervals from whole days: trades of one day stand or fall together.

Source: Künsch (1989), Ann. Statist. 17:1217, with blocks that do not overlap (Carlstein 1986);
percentile interval of Efron (1979).
"""

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import uniforms

RESAMPLES = 999
FEWEST_DAYS = 10
PIECES = 200
DAY_US = 86_400_000_000
STREAM = 1  # the permutation of the same seed uses stream 0


def day_blocks(entered_us: Integers) -> Integers:
    """Return numbers from 0 for the UTC days of entry, shape (n,); times are in microseconds.

    Fewer than ten days cannot tell how days differ: then the blocks are at most two hundred
    runs of consecutive entries.
    """
    days, block = np.unique(entered_us // DAY_US, return_inverse=True)
    if len(days) >= FEWEST_DAYS:
        return block.astype(np.int64)
    count = len(entered_us)
    return np.arange(count) * min(count, PIECES) // max(count, 1)


def resampled_sums(blocks: Integers, columns: Floats, seed: int) -> Floats:
    """Return column sums over as many blocks as there are, drawn with replacement.

    `blocks` (n,) numbered from 0, `columns` (n, k), n >= 1; the answer is (999, k).
    """
    count = int(blocks.max()) + 1
    sums = np.stack([np.bincount(blocks, weights=column) for column in columns.T], axis=1)
    pick = (uniforms(seed, (RESAMPLES, count), STREAM) * count).astype(np.int64)
    return np.stack([sums[:, k][pick].sum(axis=1) for k in range(sums.shape[1])], axis=1)


def resampled_ratios(
    blocks: Integers, numerators: Floats, denominators: Floats, seed: int
) -> Floats:
    """Return sum(numerators) / sum(denominators) of each resample that has a denominator.

    At most 999 values; empty when no resample has one.
    """
    sums = resampled_sums(blocks, np.stack([numerators, denominators], axis=1), seed)
    usable = sums[:, 1] > 0
    ratios: Floats = sums[usable, 0] / sums[usable, 1]
    return ratios


def interval(draws: Floats) -> tuple[float, float]:
    """Return the middle 90 % of at least one draw."""
    low, high = np.quantile(draws, (0.05, 0.95))
    return float(low), float(high)
