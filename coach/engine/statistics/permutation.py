"""The within-trader test: shuffled losses and wins would look the same, if nothing is there.

The label of a close (loss or win) is permuted inside its stratum of consecutive closes;
everything else stays where it was. Under the null the trader does not care how the last trade
ended, so every such permutation was equally likely.
Sources: Pesarin & Salmaso (2010), Permutation Tests for Complex Data, ch. 1-2; the count
p = (1 + #{T* >= T}) / (B + 1) from Phipson & Smyth (2010), SAGMB 9(1):39.
"""

import math
from collections.abc import Iterator

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.distributions.normal import above
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.strata import CLOSES_PER_STRATUM, centred
from coach.values import dataclass

PERMUTATIONS = 999
MOST_PERMUTED = 20_000  # beyond it the normal limit differs from the permutation by nothing
MOST_SHUFFLED = 2_000
SHUFFLES_AT_ONCE = 111
SHUFFLE_STREAM = 1_000
TIE_STREAM = 999
TIE = 1e-9  # sums of the same numbers in another order are equal


@dataclass(frozen=True, slots=True)
class PermutationResult:
    """`statistic` = sum of z over the columns, `p` one-sided upper, `permutations` 0 if normal."""

    statistic: float
    p: float
    permutations: int


def stratified_test(
    marked: Flags, columns: Floats, strata: Integers, seed: int
) -> PermutationResult:
    """Test whether the columns are larger where marked, against shuffles inside strata.

    `marked` (n,), `columns` (n, k), `strata` (n,) non-decreasing from 0, at most twelve rows
    each. Every column is standardised by its exact permutation moments and the z are added, so
    T = sum over marked rows of one number per row. A column that nothing can move adds nothing.
    Up to 20,000 rows B = 999 permutations; above, T is normal with its exact variance.
    """
    combined = np.zeros(len(marked))
    for column in columns.T:
        middle = centred(column, strata)
        deviation = math.sqrt(permutation_variance(marked, middle, strata))
        if deviation > TIE:
            combined += middle / deviation
    statistic = float(combined[marked].sum())
    variance = permutation_variance(marked, combined, strata)
    if variance <= TIE:
        return PermutationResult(0.0, 1.0, 0)
    if len(marked) > MOST_PERMUTED:
        return PermutationResult(statistic, above(statistic / math.sqrt(variance)), 0)
    shuffled = permuted_sums(marked, combined, strata, seed)
    return PermutationResult(statistic, _share_above(shuffled, statistic, seed), PERMUTATIONS)


def dose_test(doses: Floats, values: Floats, strata: Integers, seed: int) -> PermutationResult:
    """Test whether `values` rise with `doses`, against shuffles of the values inside strata.

    All are (n,), strata non-decreasing from 0. T = sum of dose x value, both less the means of
    their strata; its exact variance under permutation is the sum over strata of (sum of squared
    doses)(sum of squared values) / (s - 1). Up to 2,000 rows B = 999 shuffles, above the normal
    limit. One-sided upper. Source: Pitman (1937), J. R. Stat. Soc. Suppl. 4:225.
    """
    dose, value = centred(doses, strata), centred(values, strata)
    size = np.bincount(strata)
    spread = np.bincount(strata, weights=dose**2) * np.bincount(strata, weights=value**2)
    variance = float((spread / np.maximum(size - 1, 1)).sum())
    statistic = float((dose * value).sum())
    if variance <= TIE**2:
        return PermutationResult(0.0, 1.0, 0)
    if len(doses) > MOST_SHUFFLED:
        return PermutationResult(statistic, above(statistic / math.sqrt(variance)), 0)
    shuffles = []
    for start in range(0, PERMUTATIONS, SHUFFLES_AT_ONCE):
        count = min(SHUFFLES_AT_ONCE, PERMUTATIONS - start)
        keys = uniforms(seed, (count, len(dose)), stream=SHUFFLE_STREAM + start)
        order = np.argsort(keys + strata, axis=1)
        shuffles.append((value[order] * dose).sum(axis=1))
    p = _share_above(np.concatenate(shuffles), statistic, seed)
    return PermutationResult(statistic, p, PERMUTATIONS)


def _share_above(shuffled: Floats, statistic: float, seed: int) -> float:
    """Return p; shuffles that equal the statistic are counted in part, by a draw of the seed.

    (1 + #{T* > T} + U) / (B + 1) with U uniform on 0..#{T* = T}: so p is uniform under the null
    also where rare events leave few different values. Source: Phipson & Smyth (2010), section 3;
    Lehmann & Romano (2005), Testing Statistical Hypotheses, 15.2.1 (randomised tests).
    """
    higher = int(np.count_nonzero(shuffled > statistic + TIE))
    equal = int(np.count_nonzero(shuffled >= statistic - TIE)) - higher
    share = int(float(uniforms(seed, (1,), stream=TIE_STREAM)[0]) * (equal + 1))
    return (1 + higher + share) / (1 + len(shuffled))


def permutation_variance(marked: Flags, middle: Floats, strata: Integers) -> float:
    """Return the exact variance of the sum over marked rows; `middle` is centred per stratum.

    Drawing m of s rows without replacement: m (s - m) / (s (s - 1)) times the sum of squares,
    added over strata. Source: Cochran (1977), Sampling Techniques, theorem 2.2.
    """
    size = np.bincount(strata)
    chosen = np.bincount(strata, weights=marked)
    squares = np.bincount(strata, weights=middle**2)
    several = size > 1
    size, chosen, squares = size[several], chosen[several], squares[several]
    return float((chosen * (size - chosen) / (size * (size - 1)) * squares).sum())


def permuted_sums(
    marked: Flags, values: Floats, strata: Integers, seed: int, permutations: int = PERMUTATIONS
) -> Floats:
    """Return the sum over marked rows in each of `permutations` shuffles, shape (B,).

    A stratum of s rows with m marked has C(s, m) <= 924 equally likely subsets: their sums are
    tabled once and looked up, which costs a twelfth of shuffling rows.
    """
    first = np.flatnonzero(np.diff(strata, prepend=-1))
    size = np.diff(first, append=len(strata))
    chosen = np.add.reduceat(marked.astype(np.int64), first)
    draws = uniforms(seed, (permutations, len(first)))
    total = np.zeros(permutations)
    for rows, wanted, group in _alike(size, chosen):
        inside = values[first[group][:, None] + np.arange(rows)]
        table = inside @ _subsets(rows, wanted).T
        pick = (draws[:, group] * table.shape[1]).astype(np.int64)
        total += table[np.arange(len(group)), pick].sum(axis=1)
    return total


def _alike(size: Integers, chosen: Integers) -> Iterator[tuple[int, int, Integers]]:
    """Yield rows, marked rows and numbers of the strata that share both."""
    kind = size * (CLOSES_PER_STRATUM + 1) + chosen
    for one in np.unique(kind).tolist():
        rows, wanted = divmod(one, CLOSES_PER_STRATUM + 1)
        yield rows, wanted, np.flatnonzero(kind == one)


def _subsets(rows: int, wanted: int) -> Floats:
    """Return every way to mark `wanted` of `rows`, shape (C(rows, wanted), rows)."""
    every = (np.arange(2**rows)[:, None] >> np.arange(rows)) & 1
    subsets: Floats = every[every.sum(axis=1) == wanted].astype(np.float64)
    return subsets
