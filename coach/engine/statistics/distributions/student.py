"""Student's t: how much wider an interval is whose spread was estimated from few values."""

import math

from coach.engine.statistics.distributions.beta import quantile
from coach.engine.statistics.distributions.normal import Z_90

NEARLY_NORMAL = 1e6
OUTSIDE = 0.1  # both tails beyond the middle 90 %


def t_90(freedom: float) -> float:
    """Return the two-sided 90 % quantile of Student's t with `freedom` > 0 degrees of freedom.

    n / (n + t^2) is Beta(n / 2, 1 / 2), so the quantile of that distribution gives t. Source:
    Abramowitz & Stegun 26.7.1 and 26.5.27.
    """
    if freedom > NEARLY_NORMAL:
        return Z_90
    share = quantile(OUTSIDE, freedom / 2, 0.5)
    return math.sqrt(freedom * (1 / share - 1))
