"""What was planted is found, what was not is not: the short form of bench/experiments.py."""

import math
from typing import get_args

import numpy as np
import pytest

from bench.planted_weeks import Temper, tally, untouched
from coach.engine.experiments.wager import ALPHA

RUNS = 300
TEMPERS = pytest.mark.parametrize("temper", get_args(Temper))


@TEMPERS
@pytest.mark.parametrize("weeks", [8, 12, 26])
def test_without_an_effect_one_is_found_in_at_most_alpha_of_experiments(
    temper: Temper, weeks: int
) -> None:
    nothing = tally(temper, weeks, 0.0, RUNS)
    assert nothing.found <= ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / RUNS)
    assert nothing.at_the_end <= nothing.found


@TEMPERS
def test_the_interval_keeps_the_true_effect_at_every_look(temper: Temper) -> None:
    lost = tally(temper, 26, 1.0, RUNS).lost
    assert lost <= ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / RUNS)


def test_power_grows_with_the_effect_and_with_the_weeks() -> None:
    powers = [tally("calm", 12, effect, RUNS).found for effect in (0.0, 1.0, 2.0, 3.0)]
    assert powers == sorted(powers)
    assert powers[-1] > 0.9
    longer = [tally("calm", weeks, 1.5, RUNS).found for weeks in (8, 12, 26, 52)]
    assert longer == sorted(longer)
    assert longer[-1] > 0.95


def test_a_great_effect_ends_the_experiment_early() -> None:
    assert tally("calm", 52, 2.0, 100).weeks < 20


@TEMPERS
def test_a_planted_week_has_mean_zero_and_the_spread_of_one(temper: Temper) -> None:
    values = np.concatenate([untouched(temper, 52, seed) for seed in range(200)])
    assert abs(values.mean()) < 0.05
    assert 0.85 < values.std() < 1.15
