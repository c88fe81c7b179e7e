import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.strata import consecutive, contrast, informative


def test_a_dozen_closes_are_one_stratum_and_thirteen_are_seven_and_six() -> None:
    assert np.bincount(consecutive(np.zeros(12, np.int64))).tolist() == [12]
    assert np.bincount(consecutive(np.zeros(13, np.int64))).tolist() == [7, 6]


def test_no_stratum_spans_two_months() -> None:
    months = np.array([5] * 4 + [6] * 3)
    assert consecutive(months).tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_no_closes_make_no_strata() -> None:
    assert consecutive(np.zeros(0, np.int64)).tolist() == []


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_strata_are_even_consecutive_and_at_most_a_dozen(closes: list[int]) -> None:
    months = np.repeat(np.arange(len(closes)), closes)
    strata = consecutive(months)
    sizes = np.bincount(strata)
    assert set(np.diff(strata).tolist()) <= {0, 1}
    assert sizes.min() >= 1
    assert sizes.max() <= 12
    assert all(len(set(months[strata == one].tolist())) == 1 for one in range(len(sizes)))


def test_a_difference_is_taken_inside_strata_and_weighed() -> None:
    """First stratum: 3 - 1 with weight 2*2/4, second: 10 - 4 with weight 1*1/2."""
    marked = np.array([True, True, False, False, True, False])
    values = np.array([3.0, 3.0, 1.0, 1.0, 10.0, 4.0])
    compared = contrast(marked, values, np.array([0, 0, 0, 0, 1, 1]))
    assert compared.difference() == pytest.approx((2 * 1 + 6 * 0.5) / 1.5)


def test_the_error_of_a_difference_is_that_of_least_squares() -> None:
    """Means 4 and 2, rests 1, -1, 1, -1: variance 4 / (4 - 1 - 1), weight 4 / 4."""
    marked = np.array([True, True, False, False])
    values, one = np.array([5.0, 3.0, 3.0, 1.0]), np.zeros(4, np.int64)
    assert contrast(marked, values, one).error() == pytest.approx(np.sqrt(2))
    assert contrast(marked[1:3], values[1:3], one[:2]).error() == np.inf


def test_a_stratum_of_one_kind_compares_nothing() -> None:
    marked, strata = np.array([True, True, False]), np.array([0, 0, 1])
    assert contrast(marked, np.array([1.0, 5.0, 9.0]), strata).difference() == 0.0
    assert contrast(marked, np.array([1.0, 5.0, 9.0]), strata).error() == np.inf
    assert informative(marked, strata).tolist() == [False, False, False]


def test_a_level_shared_by_a_stratum_is_no_difference() -> None:
    marked = np.array([True, False, True, False])
    strata = np.array([0, 0, 1, 1])
    assert contrast(marked, np.array([1.0, 1.0, 9.0, 9.0]), strata).difference() == 0.0
    assert informative(marked, strata).all()
    assert informative(marked[:0], strata[:0]).tolist() == []
