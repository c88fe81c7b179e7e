"""Events of one kind against the time in which they could happen.

Given how many events there were, those of the first kind are binomial with the first share of the
exposure (Przyborowski & Wilenski 1940, Biometrika 31:313). A tie is counted in part, by a draw
from the seed, so p is uniform where nothing is there however few events there are (Stevens
1950, Biometrika 37:117). The belief about the logarithm of the rate ratio is the exact posterior
under a normal prior around 0, summed on a grid.
"""

import math
from dataclasses import dataclass

import numpy as np

from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.exact import binomial_at_least
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, Posterior

GRID = np.linspace(-6.0, 6.0, 2401)  # standard deviations of the prior
TIE_STREAM = 998


@dataclass(frozen=True, slots=True)
class ExposedEvents:
    """Events and their exposures, in any one unit; both exposures above zero."""

    events: int
    exposure: float
    other_events: int
    other_exposure: float

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
        low, high = wilson(self.events, self.trials)
        odds = self.share / (1 - self.share)
        top = high / (1 - high) if self.other_events else math.inf
        return low / (1 - low) / odds, top / odds

    def p(self, seed: int) -> float:
        """Return the one-sided p that the first rate is higher."""
        at_least = binomial_at_least(self.events, self.trials, self.share)
        beyond = binomial_at_least(self.events + 1, self.trials, self.share)
        part = float(uniforms(seed, (1,), TIE_STREAM)[0])
        return beyond + part * (at_least - beyond)

    def posterior(self, spread: float = LOG_RATIO_SPREAD) -> Posterior:
        """Believe in the logarithm of the ratio; `spread` is that of the prior."""
        log_ratio = spread * GRID
        odds = log_ratio + math.log(self.share / (1 - self.share))
        likelihood = self.events * odds - self.trials * np.logaddexp(0.0, odds)
        weight = likelihood - GRID**2 / 2
        weight = np.exp(weight - weight.max())
        mean = float((weight * log_ratio).sum() / weight.sum())
        variance = float((weight * (log_ratio - mean) ** 2).sum() / weight.sum())
        return Posterior(mean, math.sqrt(variance))
