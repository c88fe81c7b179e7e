"""The exact binomial test, for small counts.

The tail is summed term by term through `lgamma`, so a thousand events need no table.
"""

import math
from collections.abc import Iterable


def binomial_at_least(hits: int, trials: int, rate: float) -> float:
    """Return P(X >= hits) for X ~ Binomial(trials, rate).

    Source: definition of the upper tail; with `rate` an exposure share it is the exact test
    of §1.2, for instance adds in a loss against the hours spent in a loss.
    """
    return _total(_binomial(k, trials, rate) for k in range(hits, trials + 1))


def _binomial(hits: int, trials: int, rate: float) -> float:
    if rate in (0.0, 1.0):
        return float(hits == round(trials * rate))
    ways = _log_choose(trials, hits)
    return math.exp(ways + hits * math.log(rate) + (trials - hits) * math.log1p(-rate))


def _total(chances: Iterable[float]) -> float:
    return min(1.0, math.fsum(chances))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
