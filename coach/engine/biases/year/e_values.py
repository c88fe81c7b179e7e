"""Evidence that may be looked at as often as one likes: e-values and their products.

An e-value is a number of at least 0 whose expectation is at most 1 where there is no effect. The
product of the e-values of blocks that never overlap, averaged over a few sizes of the effect, is
then a supermartingale that starts at 1, so the chance that it ever reaches 1 / alpha is at most
alpha, at whichever moments it is looked at. Every e-value here compares one size of the effect
(an "alternative") with no effect, given what a block holds: a likelihood ratio.
Sources: Ville (1939), Étude critique de la notion de collectif; Grünwald, de Heide & Koolen
(2024), J. R. Stat. Soc. B 86(5):1091; Ramdas, Grünwald, Vovk & Shafer (2023), Stat. Sci. 38:576.
"""

from typing import NamedTuple

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import uniforms

SHUFFLES = 300
LARGEST_LOG = 600.0  # of what a float holds and JSON prints
TIE = 1e-12


class Draws(NamedTuple):
    """Blocks from which some were drawn: of `size` rows `marked`, of `drawn` ones `hits` marked.

    All are (b,). Where the marks do not matter, `hits` is hypergeometric.
    """

    size: Integers
    marked: Integers
    drawn: Integers
    hits: Integers


def hypergeometric(blocks: Draws, odds: tuple[float, ...]) -> Floats:
    """Return the logarithm of the e-value of each block for each odds ratio, (b, a).

    e = odds ** hits / E[odds ** H], H hypergeometric: the likelihood ratio of Fisher's noncentral
    hypergeometric distribution (Fisher 1935, J. R. Stat. Soc. 98:39). A block in which nothing can
    vary has e = 1.
    """
    count = len(blocks.size)
    if not count:
        return np.zeros((0, len(odds)))
    least = np.maximum(0, blocks.drawn - (blocks.size - blocks.marked))
    most = np.minimum(blocks.drawn, blocks.marked)
    width = most - least + 1
    first = np.cumsum(width) - width
    block = np.repeat(np.arange(count), width)
    hits = np.arange(len(block)) - first[block] + least[block]
    table = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(blocks.size.max()) + 1)))])
    others, unmarked = (blocks.drawn[block] - hits, (blocks.size - blocks.marked)[block])
    ways = _choose(table, blocks.marked[block], hits) + _choose(table, unmarked, others)
    every = _log_sums(ways, first, block)
    columns = [
        blocks.hits * np.log(one) - _log_sums(ways + hits * np.log(one), first, block) + every
        for one in odds
    ]
    return np.stack(columns, axis=1)


def _choose(table: Floats, n: Integers, k: Integers) -> Floats:
    ways: Floats = table[n] - table[k] - table[n - k]
    return ways


def _log_sums(values: Floats, first: Integers, block: Integers) -> Floats:
    """Return the logarithm of the sum of exponentials of each block, (b,)."""
    most = np.maximum.reduceat(values, first)
    sums: Floats = most + np.log(np.add.reduceat(np.exp(values - most[block]), first))
    return sums


def binomial(trials: Integers, hits: Integers, share: Floats, odds: tuple[float, ...]) -> Floats:
    """Return the logarithm of the e-value of each block for each odds ratio, (b, a).

    Without an effect `hits` of `trials` is binomial with `share`; all are (b,).
    e = odds ** hits / (1 - share + share x odds) ** trials.
    """
    columns = [hits * np.log(one) - trials * np.log1p(share * (one - 1)) for one in odds]
    return np.stack(columns, axis=1)


def permutation(doses: Floats, values: Floats, seeds: Integers, tilts: tuple[float, ...]) -> Floats:
    """Return the logarithm of the e-value of each block for each tilt, (b, a).

    `doses` and `values` are (b, s), a block a row. T = sum of dose x value, both less the means of
    their block, in standard deviations of T under permutation. e = exp(tilt T) / mean of exp(tilt
    T*) over 300 shuffles of the values and the order as it was: its expectation is exactly 1 where
    every order was equally likely. `seeds` (b,) name the shuffles of each block.
    """
    if not len(doses):
        return np.zeros((0, len(tilts)))
    dose = doses - doses.mean(axis=1, keepdims=True)
    value = values - values.mean(axis=1, keepdims=True)
    size = doses.shape[1]
    spread = np.sqrt((dose**2).sum(axis=1) * (value**2).sum(axis=1) / max(size - 1, 1))
    seen = (dose * value).sum(axis=1)
    shuffled = np.empty((len(doses), SHUFFLES + 1))
    for row, seed in enumerate(seeds.tolist()):
        order = np.argsort(uniforms(seed, (SHUFFLES, size)), axis=1)
        shuffled[row, :-1] = value[row][order] @ dose[row]
    shuffled[:, -1] = seen
    can_vary = spread > TIE
    scale = np.where(can_vary, spread, 1.0)
    seen, shuffled = seen / scale, shuffled / scale[:, None]
    columns = [np.where(can_vary, tilt * seen - _log_means(tilt * shuffled), 0.0) for tilt in tilts]
    return np.stack(columns, axis=1)


def _log_means(values: Floats) -> Floats:
    most = values.max(axis=1)
    means: Floats = most + np.log(np.exp(values - most[:, None]).mean(axis=1))
    return means


def running_products(logs: Floats) -> Floats:
    """Return E after each block, (b,): the mean over the alternatives of the products so far.

    `logs` (b, a) are in the order in which the blocks ended. What no float holds is cut off.
    """
    if not len(logs):
        return np.zeros(0)
    products = np.cumsum(logs, axis=0)
    most = products.max(axis=1)
    logarithm = most + np.log(np.exp(products - most[:, None]).mean(axis=1))
    evidence: Floats = np.exp(np.minimum(logarithm, LARGEST_LOG))
    return evidence
