"""Events of one kind against the time in which they could happen.

Given how many events there were, those of the first kind are binomial with the first share of the
exposure (Przyborowski & Wilenski 1940, Biometrika 31:313). A tie is counted in part, by a draw
from the seed, so p is uniform where nothing is there however few events there are (Stevens
1950, Biometrika 37:117). The belief about the logarithm of the rate ratio is the exact posterior
under a normal prior around 0, summed on a grid.
"""

import math

import numpy as np

from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.distributions.beta import below
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.exact import binomial_at_least
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, Posterior
from coach.values import dataclass

GRID = np.linspace(-6.0, 6.0, 2401)  # standard deviations of the prior
TIE_STREAM = 998
FEWEST_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class ExposedEvents:
    """Events and their exposures, in any one unit; both exposures above zero.

    `alike` is how many events stand or fall together (the design effect of Kish 1965, Survey
    Sampling 8.2): p, interval and belief count each event as 1 / `alike` of one.
    """

    events: int
    exposure: float
    other_events: int
    other_exposure: float
    alike: float = 1.0

    @property
    def share(self) -> float:
        """The first share of the exposure."""
        return self.exposure / (self.exposure + self.other_exposure)

    @property
    def trials(self) -> int:
        """All events."""
        return self.events + self.other_events

    def ratio(self) -> float:
        """Return the ratio of the two rates, inf without any other event, nan without any."""
        first, second = self.events * self.other_exposure, self.other_events * self.exposure
        if second == 0:
            return math.inf if first > 0 else math.nan
        return first / second

    def interval(self) -> tuple[float, float]:
        """Return the 90 % interval of the ratio, from Wilson's of the first share of events."""
        low, high = wilson(self.events / self.alike, self.trials / self.alike)
        odds = self.share / (1 - self.share)
        top = high / (1 - high) if self.other_events else math.inf
        return low / (1 - low) / odds, top / odds

    def p(self, seed: int) -> float:
        """Return the one-sided p that the first rate is higher."""
        at_least = self._at_least(self.events / self.alike)
        beyond = self._at_least(self.events / self.alike + 1)
        part = float(uniforms(seed, (1,), TIE_STREAM)[0])
        return beyond + part * (at_least - beyond)

    def _at_least(self, events: float) -> float:
        """Return P(at least so many), between whole counts by the beta function.

        Source: P(X >= k) of n trials with rate q is I_q(k, n - k + 1), Abramowitz & Stegun 26.5.24.
        """
        trials = self.trials / self.alike
        if self.alike == 1.0:
            return binomial_at_least(round(events), self.trials, self.share)
        if events <= 0:
            return 1.0
        return below(self.share, events, trials - events + 1) if events < trials + 1 else 0.0

    def posterior(self, spread: float = LOG_RATIO_SPREAD) -> Posterior:
        """Believe in the logarithm of the ratio; `spread` is that of the prior."""
        log_ratio = spread * GRID
        odds = log_ratio + math.log(self.share / (1 - self.share))
        likelihood = (self.events * odds - self.trials * np.logaddexp(0.0, odds)) / self.alike
        weight = likelihood - GRID**2 / 2
        weight = np.exp(weight - weight.max())
        mean = float((weight * log_ratio).sum() / weight.sum())
        variance = float((weight * (log_ratio - mean) ** 2).sum() / weight.sum())
        return Posterior(mean, math.sqrt(variance))


def alike(events: Flags, clusters: Integers) -> float:
    """Return how many events of each cluster stand or fall together, at least 1.

    The variance of the sums over clusters over that of independent events, both around the share
    of the first kind that was seen: so a high share alone is no likeness. `events` (n,) says of
    which kind each is. With fewer than two clusters nobody can tell: 1.
    """
    _, numbers = np.unique(clusters, return_inverse=True)
    count = int(numbers.max(initial=-1)) + 1
    share = float(events.mean()) if len(events) else 0.0
    independent = len(events) * share * (1 - share)
    if count < FEWEST_CLUSTERS or independent == 0:
        return 1.0
    sums = np.bincount(numbers, weights=events - share)
    return max(1.0, float((sums**2).sum()) * count / (count - 1) / independent)
