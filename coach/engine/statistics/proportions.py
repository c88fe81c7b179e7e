"""Shares: how sure one is of them, and what they say of a share that was expected."""

import math
from statistics import NormalDist

from coach.engine.statistics.distributions.normal import Z_90, above

SMALLEST_P = 1e-15


def wilson(hits: float, trials: float) -> tuple[float, float]:
    """Return the 90 % interval of a share; (0, 1) without a trial.

    Source: Wilson (1927), JASA 22:209, the score interval; its coverage is close to nominal on
    average and it never leaves [0, 1].
    """
    if trials <= 0:
        return 0.0, 1.0
    share, square = hits / trials, Z_90**2 / trials
    middle = (share + square / 2) / (1 + square)
    margin = math.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return max(0.0, middle - margin), min(1.0, middle + margin)


def together(p_values: tuple[float, ...]) -> float:
    """Return one p for several independent questions of one direction.

    Source: Stouffer et al. (1949), The American Soldier 1:45: the normal scores are added.
    """
    scores = [-NormalDist().inv_cdf(min(max(p, SMALLEST_P), 1 - SMALLEST_P)) for p in p_values]
    return above(sum(scores) / math.sqrt(len(scores)))
