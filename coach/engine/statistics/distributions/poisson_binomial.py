"""How many of several events with chances of their own come to pass.

Source: the exact recursion over trials, Le Cam (1960), Pac. J. Math. 10:1181, sec. 1; beyond five
thousand trials the normal limit with continuity correction.
"""

import math

import numpy as np

from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.distributions.normal import above

MOST_EXACT = 5_000


def at_least(hits: int, chances: Floats) -> float:
    """Return P(X >= hits) for the sum of independent trials with these chances (n,)."""
    if hits <= 0:
        return 1.0
    if hits > len(chances):
        return 0.0
    if len(chances) > MOST_EXACT:
        return _normal(hits, chances)
    below = np.zeros(hits)  # the chance of exactly 0 … hits - 1 so far
    below[0] = 1.0
    for chance in chances[chances > 0].tolist():
        below[1:] = below[1:] * (1 - chance) + below[:-1] * chance
        below[0] *= 1 - chance
    return min(1.0, max(0.0, 1.0 - float(below.sum())))


def _normal(hits: int, chances: Floats) -> float:
    variance = float((chances * (1 - chances)).sum())
    expected = float(chances.sum())
    if variance == 0:
        return float(expected >= hits)
    return above((hits - 0.5 - expected) / math.sqrt(variance))
