import math

import numpy as np
import pytest

from coach.engine.statistics.rate_ratio import rate_ratio


def test_one_stratum_is_the_plain_ratio_of_rates() -> None:
    """Three events in two days against one in four: 1.5 / 0.25."""
    compared = rate_ratio(
        np.array([True, False]), np.array([3.0, 1.0]), np.array([2.0, 4.0]), np.array([0, 0])
    )
    assert math.exp(compared.log()) == pytest.approx(6.0)
    assert compared.error == pytest.approx(math.sqrt(4 * (2 / 6) * (4 / 6) / (2.0 * (1 / 3))))


def test_each_stratum_is_compared_with_itself() -> None:
    """Both strata have a ratio of two, one is busier by ten; mixed up it would be another."""
    compared = rate_ratio(
        np.array([True, False, True, False]),
        np.array([2.0, 1.0, 20.0, 40.0]),
        np.array([1.0, 1.0, 1.0, 4.0]),
        np.array([0, 0, 1, 1]),
    )
    assert math.exp(compared.log()) == pytest.approx(2.0)


def test_a_side_without_an_event_gets_half_of_one() -> None:
    compared = rate_ratio(
        np.array([True, False]), np.array([2.0, 0.0]), np.array([1.0, 1.0]), np.array([0, 0])
    )
    assert compared.log() == pytest.approx(math.log(1.5 / 0.5))
    assert compared.error == math.inf


def test_strata_of_one_side_or_without_time_add_nothing() -> None:
    compared = rate_ratio(
        np.array([True, True, False]), np.ones(3), np.array([1.0, 0.0, 0.0]), np.array([0, 1, 1])
    )
    assert compared.log() == 0.0


def test_whole_blocks_are_drawn_anew() -> None:
    marked = np.arange(40) % 2 == 0
    compared = rate_ratio(marked, np.where(marked, 2.0, 1.0), np.ones(40), np.zeros(40, np.int64))
    draws = compared.log_draws(np.arange(40) // 2, seed=1)
    assert draws.shape == (999,)
    assert draws == pytest.approx(math.log(2.0))
