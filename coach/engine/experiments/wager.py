"""What the weeks say, at whatever moment one looks: a bet against the draw of the on weeks.

Were the rule without effect, every arrangement of a block would have shown the same weeks. So who
bets on the one that was drawn wins nothing on average, and Ville (1939) holds for the wealth:

    wealth = mean over stakes s of  product over blocks of  exp(s T(drawn)) / mean of exp(s T(a))
    T(a)   = (sum of on weeks - sum of off weeks) / spread

with the mean in the denominator over the arrangements `a` of the block. The chance that the
wealth ever reaches 1 / alpha is at most alpha, for any number of weeks, any distribution and any
way of stopping: the draw is the only thing relied on. That is why it suits few weeks, where a
t-test or a mixture of likelihoods needs a distribution that profits do not have. `spread` is
pooled within the blocks so far, the block itself among them: no arrangement changes it. An effect
e is tried by taking e off every on week; those not refuted are the interval.

Sources: Zampieri (2025), Sequential Randomization Tests Using e-values, arXiv:2512.04366 (bets on
the assignment, one unit at a time; here a block at a time); Ramdas, Grünwald, Vovk & Shafer
(2023), Statistical Science 38(4):576 (wealth as evidence); Fisher (1935), The Design of
Experiments (the draw as the ground of the test); Robbins (1970), Ann. Math. Statist. 41:1397
(mixing over stakes).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coach.engine.experiments.arrangement import arrangements, sizes
from coach.engine.statistics.arrays import Flags, Floats

ALPHA = 0.1
STAKES = (0.5, 1.0, 2.0)  # best for effects of about one to four spreads, which weeks can show
LONGEST = 104
GRID = 801
HALVINGS = 60


class Block(NamedTuple):
    """The weeks of a block that is over: what each came to, and which were on."""

    values: tuple[float, ...]
    on: tuple[bool, ...]


def wealth(blocks: Sequence[Block], effects: Floats) -> Floats:
    """Return the wealth after each block, were each of the effects (m,) the true one: (b, m)."""
    stakes = np.array([*STAKES, *(-stake for stake in STAKES)])
    logs = np.zeros((len(effects), len(stakes)))
    squares, freedom = np.zeros(len(effects)), 0
    path = []
    for block in blocks:
        on = np.array(block.on)
        values = np.array(block.values) - np.outer(effects, on)
        values -= values.mean(axis=1, keepdims=True)
        squares += (values**2).sum(axis=1)
        freedom += len(on) - 1
        spread = np.sqrt(squares / freedom)
        values = np.divide(
            values, spread[:, None], out=np.zeros_like(values), where=spread[:, None] > 0
        )
        logs += stakes * (values @ _signs(on))[:, None] - _fair(values, stakes)
        path.append(np.exp(logs).mean(axis=1))
    return np.array(path).reshape(len(blocks), len(effects))


def _fair(values: Floats, stakes: Floats) -> Floats:
    """Return the log of what a stake returns on average over the arrangements, (m, stakes)."""
    every = np.array([_signs(np.array(way)) for way in arrangements(values.shape[1])])
    exponents = (values @ every.T)[:, None, :] * stakes[:, None]
    highest = exponents.max(axis=2, keepdims=True)
    fair: Floats = highest[:, :, 0] + np.log(np.exp(exponents - highest).mean(axis=2))
    return fair


def _signs(on: Flags) -> Floats:
    signs: Floats = np.where(on, 1.0, -1.0)
    return signs


def path(blocks: Sequence[Block]) -> list[float]:
    """Return the wealth after each block of who bets against "no effect"."""
    found: list[float] = wealth(blocks, np.zeros(1))[:, 0].tolist()
    return found


def estimate(blocks: Sequence[Block]) -> float:
    """Return the mean of the on weeks less that of the off weeks, in the outcome's unit."""
    pairs = [pair for block in blocks for pair in zip(block.values, block.on, strict=True)]
    on = [value for value, is_on in pairs if is_on]
    off = [value for value, is_on in pairs if not is_on]
    return sum(on) / len(on) - sum(off) / len(off)


def interval(blocks: Sequence[Block], alpha: float = ALPHA) -> tuple[float, float] | None:
    """Return the effects that are not refuted, from the least to the greatest.

    It holds the true effect with a chance of 1 - alpha, whenever one looks. None while the weeks
    are too few to refute any effect, however large.
    """
    if highest([len(block.on) for block in blocks]) < 1 / alpha:
        return None
    middle = estimate(blocks)
    reach = _reach(blocks, middle, alpha)
    tried = np.append(np.linspace(middle - reach, middle + reach, GRID), middle)
    tried.sort()
    left = wealth(blocks, tried)[-1]
    remaining = np.flatnonzero(left < 1 / alpha)
    first, last = (
        (int(remaining[0]), int(remaining[-1])) if len(remaining) else (int(left.argmin()),) * 2
    )
    low = _edge(blocks, tried[first], tried[max(first - 1, 0)], alpha)
    high = _edge(blocks, tried[last], tried[min(last + 1, GRID)], alpha)
    return low, high


def _reach(blocks: Sequence[Block], middle: float, alpha: float) -> float:
    """Return how far from the middle both sides are refuted."""
    values = np.concatenate([block.values for block in blocks])
    reach = float(np.abs(values - values.mean()).max()) or 1.0
    while wealth(blocks, np.array([middle - reach, middle + reach]))[-1].min() < 1 / alpha:
        reach *= 2  # far enough out every bet is won: see highest
    return reach


def _edge(blocks: Sequence[Block], inside: float, outside: float, alpha: float) -> float:
    for _ in range(HALVINGS):
        between = (inside + outside) / 2
        if wealth(blocks, np.array([between]))[-1, 0] < 1 / alpha:
            inside = between
        else:
            outside = between
    return float(inside)


def highest(block_sizes: Sequence[int]) -> float:
    """Return the greatest wealth that blocks of these lengths, one or more, can reach."""
    won = []
    for size in block_sizes:
        on = arrangements(size)[0]
        won.append(Block(tuple(float(week) for week in on), on))
    return path(won)[-1]


def fewest_weeks(alpha: float = ALPHA) -> int:
    """Return how many weeks an experiment needs to be able to find anything."""
    return next(weeks for weeks in range(2, LONGEST + 1, 2) if highest(sizes(weeks)) >= 1 / alpha)
