"""Areas under the normal curve, by the error function of the standard library."""

import math

Z_90 = 1.6448536269514722  # two-sided 90 %
Z_95 = 1.959963984540054  # two-sided 95 %


def above(z: float) -> float:
    """Return P(Z > z) for a standard normal Z; accurate far into both tails."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def probability_above(minimum: float, mean: float, deviation: float) -> float:
    """Return P(X > minimum) for X ~ N(mean, deviation); without deviation it is 0 or 1."""
    if deviation == 0.0:
        return float(mean > minimum)
    return above((minimum - mean) / deviation)
