"""Made-up experiments whose effect is known, because it was planted.

Weeks come in four tempers, each of mean 0 and a week-to-week standard deviation of 1: calm
(normal), wild (Student's t with three degrees of freedom), lopsided (lognormal: rare great weeks)
and drifting (half of its variance is a slow cycle of the market). The effect is added to the on
weeks, in those standard deviations. `stretch` makes the on weeks wilder around their mean, or
calmer: an effect of another kind, that a difference of means does not name.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from coach.engine.experiments import wager
from coach.engine.experiments.arrangement import drawn, sizes
from coach.engine.experiments.wager import Block
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.draws import seed_of, uniforms

Temper = Literal["calm", "wild", "lopsided", "drifting"]
CYCLE_WEEKS = 13
STREAM = 17


@dataclass(frozen=True, slots=True)
class ErrorTally:
    """How often, of `runs`, the test found an effect, and lost the true one from its interval.

    `found` and `lost` at any look; `at_the_end` had it looked once, after the last week; `weeks`
    is the mean length of an experiment.
    """

    runs: int
    found: float
    at_the_end: float
    lost: float
    weeks: float


def tally(temper: Temper, weeks: int, effect: float, runs: int, stretch: float = 1.0) -> ErrorTally:
    """Run so many experiments of so many weeks with a planted effect."""
    found = at_the_end = lost = spent = 0
    for run in range(runs):
        planted = experiment(temper, weeks, effect, run, stretch)
        each = wager.wealth(planted, np.array([0.0, effect]))
        refuted = each >= 1 / wager.ALPHA
        found += bool(refuted[:, 0].any())
        at_the_end += bool(refuted[-1, 0])
        lost += bool(refuted[:, 1].any())
        lengths = np.cumsum([len(block.on) for block in planted])
        spent += int(lengths[refuted[:, 0].argmax() if refuted[:, 0].any() else -1])
    return ErrorTally(runs, found / runs, at_the_end / runs, lost / runs, spent / runs)


def experiment(
    temper: Temper, weeks: int, effect: float, run: int, stretch: float = 1.0
) -> list[Block]:
    """Return one experiment's blocks; `run` numbers it."""
    name = seed_of(temper.encode(), str(weeks).encode(), str(run).encode())
    blocks = sizes(weeks)
    on = drawn(name, blocks)
    is_on = np.array(on)
    values = untouched(temper, weeks, name) * np.where(is_on, stretch, 1.0) + effect * is_on
    told = values.tolist()
    found, start = [], 0
    for size in blocks:
        end = start + size
        found.append(Block(tuple(told[start:end]), on[start:end]))
        start = end
    return found


def untouched(temper: Temper, weeks: int, seed: int) -> Floats:
    """Return weeks (n,) of a trader who changes nothing."""
    chances = uniforms(seed, (4, weeks), STREAM)
    normal = NormalDist()
    noise = np.array([[normal.inv_cdf(max(u, 2.0**-53)) for u in row] for row in chances.tolist()])
    match temper:
        case "calm":
            values: Floats = noise[0]
        case "wild":
            values = noise[0] / np.sqrt((noise[1:] ** 2).sum(axis=0) / 3) / math.sqrt(3)
        case "lopsided":
            values = (np.exp(noise[0]) - math.exp(0.5)) / math.sqrt((math.e - 1) * math.e)
        case "drifting":
            phase = chances[1, 0]
            turns = 2 * np.pi * (np.arange(weeks) / CYCLE_WEEKS + phase)
            values = noise[0] * math.sqrt(0.5) + np.sin(turns)
    return values
