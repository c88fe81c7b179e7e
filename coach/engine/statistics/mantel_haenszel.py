"""Odds ratios inside strata: like with like, added up.

A table per stratum: a marked events, b other events, c marked without event, d others without.
OR = sum(a d / n) / sum(b c / n). The test compares sum(a) with what the margins predict.
Sources: Mantel & Haenszel (1959), JNCI 22:719; variance of ln OR by Robins, Breslow & Greenland
(1986), Biometrics 42:311; Peto's one step, (O - E) / V, where one of the sums is empty: Yusuf et
al. (1985), Prog. Cardiovasc. Dis. 27:335; sums over blocks: Liang & Zeger (1986), Biometrika
73:13.
"""

import math
from dataclasses import dataclass

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.distributions.normal import above

FEWEST_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """`log_ratio` with its standard error (inf where none is known); `p` is one-sided upper.

    `z` is the standardised difference between the marked events seen and expected.
    """

    log_ratio: float
    error: float
    z: float
    p: float


SAYS_NOTHING = OddsRatio(0.0, math.inf, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Counts per stratum, (s,) each."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @property
    def n(self) -> Floats:
        """Rows of each stratum, (s,)."""
        return self.a + self.b + self.c + self.d


def odds_ratio(marked: Flags, event: Flags, strata: Integers, blocks: Integers) -> OddsRatio:
    """Compare the odds of an event where marked with those where not, inside strata.

    All are (n,); strata and blocks are numbers in any order. Rows of one block may stand or
    fall together, so `p` always rests on the sums over blocks, with the variance that they show,
    and never on a look at which variance is larger. The error is the larger of that of blocks and
    the classical one, which can only make it too wide. Fewer than ten blocks show no variance:
    then rows count one by one. Without a stratum that compares anything the ratio is 1 and p
    is 1.
    """
    _, strata = np.unique(strata, return_inverse=True)
    counts = tables(marked, event, strata)
    difference, variance = _score(counts)
    if variance <= 0:
        return SAYS_NOTHING
    _, blocks = np.unique(blocks, return_inverse=True)
    residual = (event - _share(event, strata)) * (marked - _share(marked, strata))
    z = difference / math.sqrt(_variance_of_blocks(residual, blocks) or variance)
    higher, lower = counts.a * counts.d / counts.n, counts.b * counts.c / counts.n
    if higher.sum() == 0 or lower.sum() == 0:
        return OddsRatio(difference / variance, math.sqrt(1 / variance), z, above(z))
    ratio = float(higher.sum() / lower.sum())
    influence = _influence(counts, ratio, marked, event, strata)
    error = max(_robins_breslow_greenland(counts), _variance_of_blocks(influence, blocks) or 0.0)
    return OddsRatio(math.log(ratio), math.sqrt(error), z, above(z))


def tables(marked: Flags, event: Flags, strata: Integers) -> Tables:
    """Count the four cells of each stratum; strata are numbered from 0."""
    size = int(strata.max(initial=-1)) + 1
    cell = np.bincount(4 * strata + 2 * ~event + ~marked, minlength=4 * size).astype(np.float64)
    return Tables(cell[0::4], cell[1::4], cell[2::4], cell[3::4])


def _score(counts: Tables) -> tuple[float, float]:
    """Return marked events less their expectation, and the variance with all margins fixed."""
    a, b, c, d = counts.a, counts.b, counts.c, counts.d
    n = np.maximum(counts.n, 1)
    difference = a - (a + b) * (a + c) / n
    variance = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * np.maximum(n - 1, 1))
    return float(difference.sum()), float(variance.sum())


def _robins_breslow_greenland(counts: Tables) -> float:
    a, b, c, d, n = counts.a, counts.b, counts.c, counts.d, np.maximum(counts.n, 1)
    alike, unlike = (a + d) / n, (b + c) / n
    higher, lower = a * d / n, b * c / n
    up, down = float(higher.sum()), float(lower.sum())
    return (
        float((alike * higher).sum()) / (2 * up**2)
        + float((alike * lower + unlike * higher).sum()) / (2 * up * down)
        + float((unlike * lower).sum()) / (2 * down**2)
    )


def _influence(
    counts: Tables, ratio: float, marked: Flags, event: Flags, strata: Integers
) -> Floats:
    """Return what each row adds to the estimate of ln OR, (n,)."""
    n = np.maximum(counts.n, 1)
    base = (counts.a * counts.d - ratio * counts.b * counts.c) / n**2
    cells = np.stack([counts.d, -ratio * counts.c, -ratio * counts.b, counts.a]) / n - base
    added: Floats = cells[2 * ~event + ~marked, strata]
    return added / float((counts.a * counts.d / n).sum())


def _variance_of_blocks(contributions: Floats, blocks: Integers) -> float | None:
    """Return the variance of the sum over blocks, None with fewer than ten of them.

    Each block's sum stands for itself, its mean being 0 where nothing is there; so a single
    block that holds all that was seen is one standard deviation, however large.
    """
    sums = np.bincount(blocks, weights=contributions)
    if len(sums) < FEWEST_BLOCKS:
        return None
    return float((sums**2).sum()) * len(sums) / (len(sums) - 1)


def _share(flags: Flags, strata: Integers) -> Floats:
    share: Floats = (np.bincount(strata, weights=flags) / np.bincount(strata))[strata]
    return share
