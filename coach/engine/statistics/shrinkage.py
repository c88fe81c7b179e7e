"""What one trader's sample is worth beside what traders in general are like.

Empirical Bayes with a prior that is centred on "no habit". The defaults stand until an
installation has at least fifty users to estimate them from.
"""

import math

from coach.engine.statistics.distributions.normal import probability_above
from coach.values import dataclass

LOG_RATIO_SPREAD = 0.35  # a ratio of 1.5 (0.41) lies 1.2 standard deviations out
RETURN_SPREAD = 0.0030  # thirty basis points of the notional; for beliefs, never for intervals
PSEUDO_EVENTS = 6.0


@dataclass(frozen=True, slots=True)
class Posterior:
    """A normal belief about an effect, after the data."""

    mean: float
    deviation: float

    def above(self, minimum: float) -> float:
        """Return P(effect > minimum | data)."""
        return probability_above(minimum, self.mean, self.deviation)


def shrunk(effect: float, error: float, spread: float) -> Posterior:
    """Pull an effect with standard `error` towards 0; all three share one unit.

    mean = effect t^2 / (t^2 + error^2), variance = t^2 error^2 / (t^2 + error^2), t = spread.
    An infinite error leaves the prior. Source: the normal-normal model; Efron & Morris (1975),
    JASA 70:311.
    """
    if math.isinf(error):
        return Posterior(0.0, spread)
    kept = spread**2 / (spread**2 + error**2)
    return Posterior(effect * kept, error * math.sqrt(kept))


def rate_difference(
    rate: float, trials: int, other_rate: float, other_trials: int, pseudo: float = PSEUDO_EVENTS
) -> Posterior:
    """Believe in the difference of two rates, each helped by `pseudo` events of the common rate.

    Each rate is Beta(pseudo m + hits, pseudo (1 - m) + misses), m = (all hits + 1) /
    (all trials + 2); the difference of the two is matched by its mean and variance.
    Source: conjugate Beta-binomial model.
    """
    hits, other_hits = rate * trials, other_rate * other_trials
    common = (hits + other_hits + 1) / (trials + other_trials + 2)
    mean, variance = _beta(pseudo * common + hits, pseudo + trials)
    other_mean, other_variance = _beta(pseudo * common + other_hits, pseudo + other_trials)
    return Posterior(mean - other_mean, math.sqrt(variance + other_variance))


def _beta(hits: float, events: float) -> tuple[float, float]:
    mean = hits / events
    return mean, mean * (1 - mean) / (events + 1)
