"""Comparing inside strata: like with like, a dozen consecutive closes at a time.

A market's mood, a burst of activity or slow learning is shared by a stratum, so it cannot pose
as a habit.
"""

import math

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.values import dataclass

CLOSES_PER_STRATUM = 12


def consecutive(months: Integers, size: int = CLOSES_PER_STRATUM) -> Integers:
    """Cut closes into strata of at most `size` consecutive ones: numbers from 0, shape (n,).

    `months` (n,) says in which month each close lies, in order of closing. No stratum spans two
    months, and a month is cut evenly: thirteen closes make seven and six, not twelve and one.
    """
    if len(months) == 0:
        return np.zeros(0, np.int64)
    first = np.flatnonzero(np.diff(months, prepend=months[0] - 1))
    length = np.diff(first, append=len(months))
    parts = -(-length // size)
    within = np.arange(len(months)) - np.repeat(first, length)
    before = np.repeat(np.cumsum(parts) - parts, length)
    strata: Integers = before + within * np.repeat(parts, length) // np.repeat(length, length)
    return strata


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Marks and values less the means of their strata, (n,) each, over so many strata."""

    marks: Floats
    values: Floats
    strata: int

    @property
    def numerators(self) -> Floats:
        """Each row's part in the difference, (n,)."""
        return self.marks * self.values

    @property
    def denominators(self) -> Floats:
        """Each row's weight: the difference is sum(numerators) / sum(denominators), (n,)."""
        return self.marks**2

    def difference(self) -> float:
        """Return the difference, 0 where no stratum holds both kinds."""
        weight = float(self.denominators.sum())
        return float(self.numerators.sum()) / weight if weight > 0 else 0.0

    def error(self) -> float:
        """Return the least-squares standard error of the difference, inf where none is known."""
        weight, freedom = float(self.denominators.sum()), len(self.marks) - self.strata - 1
        if weight == 0 or freedom < 1:
            return math.inf
        rest = self.values - self.difference() * self.marks
        return math.sqrt(float((rest**2).sum()) / freedom / weight)


def slope(doses: Floats, values: Floats, strata: Integers) -> Contrast:
    """Compare `values` with `doses` inside strata: the difference is the change per unit of dose.

    All are (n,); the within (fixed-effects) slope, of which `contrast` is the case of 0 and 1.
    """
    return Contrast(centred(doses, strata), centred(values, strata), len(np.unique(strata)))


def contrast(marked: Flags, values: Floats, strata: Integers) -> Contrast:
    """Compare the mean of `values` where marked with that where not, inside strata.

    All are (n,); strata are numbered from 0, in any order. A stratum with m of s rows marked
    weighs m (s - m) / s: the within (fixed-effects) slope, and for 0/1 values the
    Mantel-Haenszel risk difference (Greenland & Robins 1985, Biometrics 41:55).
    """
    marks = centred(marked.astype(np.float64), strata)
    return Contrast(marks, centred(values, strata), len(np.unique(strata)))


def centred(values: Floats, strata: Integers) -> Floats:
    """Return values less the mean of their stratum, shape (n,)."""
    return values - _mean(values, strata)


def informative(marked: Flags, strata: Integers) -> Flags:
    """Say which rows lie in a stratum that holds marked and unmarked rows, shape (n,)."""
    share = _mean(marked.astype(np.float64), strata)
    return (share > 0) & (share < 1)


def _mean(values: Floats, strata: Integers) -> Floats:
    if len(values) == 0:
        return values
    sums = np.bincount(strata, weights=values)
    return (sums / np.maximum(np.bincount(strata), 1))[strata]
