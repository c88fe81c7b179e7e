"""How well a score tells two groups apart: the area under the ROC curve."""

import math
from typing import NamedTuple

import numpy as np

from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.distributions.normal import Z_95


class Area(NamedTuple):
    """P(a case scores above a control), ties half, with a 95 % interval; nan without either."""

    value: float
    interval: tuple[float, float]
    cases: int
    controls: int


def area(cases: Floats, controls: Floats) -> Area:
    """Compare scores of cases (m,) and controls (n,).

    The error is that of DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837, computed from
    mid-ranks (Sun & Xu 2014, IEEE Signal Proc. Lett. 21:1389). Where it is nought, because the
    groups do not overlap or have fewer than two members, the exact one-sided bound stands in:
    1 - 0.05 ** (1 / min(m, n)) below a perfect area.
    """
    m, n = len(cases), len(controls)
    if m == 0 or n == 0:
        return Area(math.nan, (0.0, 1.0), m, n)
    pooled = midranks(np.concatenate([cases, controls]))
    above = (pooled[:m] - midranks(cases)) / n
    below = 1.0 - (pooled[m:] - midranks(controls)) / m
    value = float(above.mean())
    spread = 0.0
    if min(m, n) > 1:
        spread = math.sqrt(float(above.var(ddof=1)) / m + float(below.var(ddof=1)) / n)
    wide = Z_95 * spread or 1.0 - 0.05 ** (1.0 / min(m, n))
    return Area(value, (max(0.0, value - wide), min(1.0, value + wide)), m, n)


def midranks(values: Floats) -> Floats:
    """Return ranks from 1; equal values share the mean of theirs, shape (n,)."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2.0)[place]
    return ranks
