import numpy as np
import pytest

from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.sign_flips import FLIPS, sign_flip_p


def test_twelve_days_of_one_sign_are_one_in_four_thousand() -> None:
    assert sign_flip_p(np.ones(12), seed=1) <= 0.003


def test_what_no_flip_reaches_is_one_in_all_flips_and_itself() -> None:
    assert sign_flip_p(np.ones(60), seed=1) == 1 / (1 + FLIPS)


def test_days_that_cancel_say_nothing() -> None:
    assert 0.4 < sign_flip_p(np.array([1.0, -1.0] * 10), seed=1) < 0.7


def test_the_other_direction_is_near_one() -> None:
    assert sign_flip_p(-np.ones(12), seed=1) == pytest.approx(1.0, abs=0.005)


def test_days_without_any_difference_do_not_count() -> None:
    values = np.array([3.0, -1.0, 2.0, 4.0, 1.0])
    padded = np.concatenate([values, np.zeros(50)])
    assert sign_flip_p(padded, seed=7) == sign_flip_p(values, seed=7)
    assert sign_flip_p(np.zeros(9), seed=7) == 1.0


def test_the_scale_of_money_changes_nothing() -> None:
    values = uniforms(3, (40,)) - 0.4
    assert sign_flip_p(values, seed=5) == sign_flip_p(1000 * values, seed=5)


def test_p_is_uniform_where_nothing_is_there() -> None:
    p_values = np.sort([sign_flip_p(uniforms(seed, (25,)) - 0.5, seed) for seed in range(300)])
    distance = np.abs(p_values - (np.arange(300) + 0.5) / 300).max()
    assert distance < 1.63 / np.sqrt(300)
