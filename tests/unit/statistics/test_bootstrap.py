import math

import numpy as np
import pytest

from coach.engine.statistics.bootstrap import (
    around,
    day_blocks,
    error_of,
    interval,
    resampled_ratios,
    resampled_sums,
)
from coach.engine.statistics.draws import uniforms
from coach.model.times import DAY_US


def test_trades_of_one_day_share_a_block() -> None:
    entered = np.array([day * DAY_US + hour for day in range(10) for hour in (0, DAY_US - 1)])
    assert day_blocks(entered).tolist() == [day for day in range(10) for _ in range(2)]


def test_with_fewer_than_ten_days_each_entry_is_its_own_block() -> None:
    assert day_blocks(np.arange(9) * DAY_US).tolist() == list(range(9))


def test_a_busy_single_day_is_cut_into_two_hundred_pieces() -> None:
    blocks = day_blocks(np.arange(100_000))
    assert np.bincount(blocks).tolist() == [500] * 200


def test_no_entries_have_no_blocks() -> None:
    assert day_blocks(np.zeros(0, np.int64)).tolist() == []


def test_a_block_is_drawn_whole() -> None:
    blocks, values = np.array([0, 0, 1, 1]), np.array([[1.0], [2.0], [10.0], [20.0]])
    assert set(resampled_sums(blocks, values, seed=1)[:, 0].tolist()) == {6.0, 33.0, 60.0}


def test_the_spread_of_a_mean_is_its_standard_error() -> None:
    values = uniforms(4, (400,))
    draws = resampled_ratios(np.arange(400), values, np.ones(400), seed=1)
    assert draws.std() == pytest.approx(values.std() / 20, rel=0.1)
    low, high = interval(draws)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.645 * values.std() / 20, rel=0.1)


def test_days_that_stand_together_widen_the_interval() -> None:
    """Twenty entries a day, all alike: twenty days are twenty facts, not four hundred."""
    values = np.repeat(uniforms(4, (20,)), 20)
    alone = resampled_ratios(np.arange(400), values, np.ones(400), seed=1)
    by_day = resampled_ratios(np.repeat(np.arange(20), 20), values, np.ones(400), seed=1)
    assert by_day.std() > 3 * alone.std()


def test_resamples_without_a_denominator_are_left_out() -> None:
    none = resampled_ratios(np.arange(5), np.ones(5), np.zeros(5), seed=1)
    assert len(none) == 0


def test_nine_in_ten_intervals_hold_the_truth() -> None:
    """Normal days around 0.3: 400 intervals of thirty days, at least 85 % cover it."""
    days = np.sqrt(-2 * np.log(1 - uniforms(8, (400, 30)))) * np.cos(
        2 * np.pi * uniforms(9, (400, 30))
    )
    covered = 0
    for run, values in enumerate(days + 0.3):
        low, high = interval(resampled_ratios(np.arange(30), values, np.ones(30), seed=run))
        covered += low <= 0.3 <= high
    assert 0.85 <= covered / 400 <= 0.93


def test_few_degrees_of_freedom_widen_an_interval_as_students_t_does() -> None:
    """Quantiles of Student's t at 0.95: 1.645 in the limit, 1.725 with 20, 2.015 with 5."""
    for freedom, quantile in ((math.inf, 1.6449), (20, 1.7247), (5, 2.0150)):
        low, high = around(3.0, 2.0, freedom)
        assert (high - low) / 4 == pytest.approx(quantile, abs=0.02)
        assert (high + low) / 2 == pytest.approx(3.0)


def test_an_unknown_error_widens_nothing_and_few_draws_say_nothing() -> None:
    assert around(1.0, math.inf) == (1.0, 1.0)
    assert error_of(np.zeros(3), 0.5, 4) == 0.5
    assert error_of(np.tile([-1.0, 1.0], 50), 0.5, 2) == pytest.approx(math.sqrt(2))
