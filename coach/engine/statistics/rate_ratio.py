"""The ratio of two rates, like compared with like: Mantel and Haenszel for time at risk."""

import math

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import resampled_sums
from coach.values import dataclass

HALF_AN_EVENT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class RateRatio:
    """`gains` and `losses` (n,) add up to numerator and denominator, `error` is of the logarithm.

    The variance of the logarithm is that of Greenland & Robins (1985), Biometrics 41:55.
    """

    gains: Floats
    losses: Floats
    error: float

    def log(self) -> float:
        """Return the logarithm of the ratio; half an event is added where a side has none."""
        return _log(float(self.gains.sum()), float(self.losses.sum()))

    def log_draws(self, blocks: Integers, seed: int) -> Floats:
        """Return the logarithm with whole blocks drawn anew, (999,)."""
        sums = resampled_sums(blocks, np.stack([self.gains, self.losses], axis=1), seed)
        return np.array([_log(first, second) for first, second in sums.tolist()], np.float64)


def rate_ratio(marked: Flags, events: Floats, exposure: Floats, strata: Integers) -> RateRatio:
    """Compare events per exposure where marked with that where not; all are (n,).

    Strata are numbered from 0; one without exposure on both sides adds nothing.
    """
    count = int(strata.max(initial=-1)) + 1
    on = np.bincount(strata, weights=np.where(marked, exposure, 0.0), minlength=count)
    off = np.bincount(strata, weights=np.where(marked, 0.0, exposure), minlength=count)
    total = on + off
    share_on = np.divide(on, total, out=np.zeros(count), where=total > 0)
    share_off = np.divide(off, total, out=np.zeros(count), where=total > 0)
    gains = np.where(marked, events * share_off[strata], 0.0)
    losses = np.where(marked, 0.0, events * share_on[strata])
    seen = np.bincount(strata, weights=events, minlength=count)
    product = float(gains.sum()) * float(losses.sum())
    spread = float((seen * share_on * share_off).sum())
    error = math.sqrt(spread / product) if product > 0 else math.inf
    return RateRatio(gains, losses, error)


def _log(first: float, second: float) -> float:
    if first <= 0 or second <= 0:
        first, second = first + HALF_AN_EVENT, second + HALF_AN_EVENT
    return math.log(first / second)
