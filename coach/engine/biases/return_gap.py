"""What the trader's other trades of the same week returned beyond the chosen ones.

The gap compares inside weeks. Its error is the larger of two: Welch's, in which chosen and other
trades may vary differently, and that of sums over whole days, because trades of one day stand or
fall together. The belief starts from N(0, tau^2), tau half of the standard deviation of the
trader's own returns around the means of both kinds: wide beside every gap that trades can show,
so the interval is about the data and not about the prior. It uses Student's t with Welch's
degrees of freedom.
Sources: Welch (1947), Biometrika 34:28; Satterthwaite (1946), Biometrics Bulletin 2:110; sums over
blocks: Liang & Zeger (1986), Biometrika 73:13. Half of the spread was chosen by simulation: of a
quarter the interval leaves out true gaps of one percent too often.
"""

import math

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks
from coach.engine.statistics.distributions.student import t_90
from coach.engine.statistics.shrinkage import shrunk
from coach.engine.statistics.strata import Contrast, contrast
from coach.model.times import DAY_US
from coach.values import dataclass

MONDAY = 4  # 1970-01-05 was one
PRIOR_SHARE = 0.5
FEWEST = 2  # a single value has no spread


@dataclass(frozen=True, slots=True)
class GapBelief:
    """A belief in a gap of returns: its mean, and half the width of its 90 % interval."""

    mean: float
    margin: float


@dataclass(frozen=True, slots=True)
class ReturnGap:
    """The difference as it was seen, per unit of money; above 0 the chosen did worse.

    `error` is its standard error (inf: nothing to compare with) with `freedom` degrees of
    freedom, `spread` the standard deviation of the trader's returns.
    """

    difference: float
    error: float
    freedom: float
    spread: float

    def belief(self) -> GapBelief:
        """Return the gap after the prior, which takes away little of it."""
        posterior = shrunk(self.difference, self.error, PRIOR_SHARE * self.spread)
        return GapBelief(posterior.mean, t_90(self.freedom) * posterior.deviation)


def return_gap(returns: Floats, chosen: Flags, entered_us: Integers) -> ReturnGap:
    """Compare returns (n,) of the chosen with those of others entered in the same week."""
    weeks = (entered_us // DAY_US - MONDAY) // 7
    _, strata = np.unique(weeks, return_inverse=True)
    compared = contrast(chosen, -returns, strata)
    weight = float(compared.denominators.sum())
    spread = _spread(returns, chosen)
    if weight == 0 or min(chosen.sum(), (~chosen).sum()) < FEWEST:
        error, freedom = compared.error(), float(len(returns) - compared.strata - 1)
        known = math.isfinite(error)
        return ReturnGap(compared.difference(), error, freedom if known else math.inf, spread)
    parts = [
        float(returns[one].var(ddof=1) * compared.denominators[one].sum()) / weight**2
        for one in (chosen, ~chosen)
    ]
    error = math.sqrt(max(sum(parts), _variance_of_days(compared, entered_us)))
    return ReturnGap(compared.difference(), error, _freedom(parts, chosen), spread)


def _freedom(parts: list[float], chosen: Flags) -> float:
    """Return Welch's degrees of freedom of a difference with these two variances."""
    count = int(chosen.sum())
    first, second = parts
    unsure = first**2 / (count - 1) + second**2 / (len(chosen) - count - 1)
    return (first + second) ** 2 / unsure if unsure > 0 else math.inf


def _variance_of_days(compared: Contrast, entered_us: Integers) -> float:
    """Return the variance of the difference from the sums of its parts over whole days."""
    parts = compared.numerators - compared.difference() * compared.denominators
    sums = np.bincount(day_blocks(entered_us), weights=parts)
    seen = float((sums**2).sum()) / float(compared.denominators.sum()) ** 2
    return seen * len(sums) / max(len(sums) - 1, 1)


def _spread(returns: Floats, chosen: Flags) -> float:
    """Return the pooled standard deviation of returns, each kind around its own mean.

    Where no kind has two values it is the root mean square around 0.
    """
    kinds = [returns[one] for one in (chosen, ~chosen) if one.any()]
    freedom = len(returns) - len(kinds)
    if freedom < 1:
        return math.sqrt(float((returns**2).mean())) if len(returns) else 0.0
    squares = sum(float(((kind - kind.mean()) ** 2).sum()) for kind in kinds)
    return math.sqrt(squares / freedom)
