"""Published values of what the lab counts with."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics import ranking, uniformity
from coach.engine.statistics.distributions import beta
from coach.engine.statistics.exact import binomial_at_least


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0)],
)
def test_clopper_pearson_is_as_published(hits: int, trials: int, low: float, high: float) -> None:
    assert beta.exact_interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_leaves_everything_open() -> None:
    assert beta.exact_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 400), st.data())
def test_an_exact_interval_has_its_tails(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(1, trials))
    low, _ = beta.exact_interval(hits, trials)
    assert binomial_at_least(hits, trials, low) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(("x", "answer"), [(-1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.5, 0.5)])
def test_the_beta_distribution_ends_where_it_ends(x: float, answer: float) -> None:
    assert beta.below(x, 2.0, 2.0) == pytest.approx(answer)


def test_a_beta_tail_whose_fraction_meets_nought() -> None:
    assert beta.below(0.5, 1.0, 1.0) == pytest.approx(0.5)


def test_ties_count_half() -> None:
    found = ranking.area(np.array([1.0, 2.0, 2.0]), np.array([2.0, 0.0]))
    assert found.value == pytest.approx((0.5 + 0 + 0.5 + 0.5 + 3 - 0.5 - 0) / 6)


def test_the_area_agrees_with_counting_pairs() -> None:
    cases, controls = np.array([3.0, 1.0, 4.0, 1.0, 5.0]), np.array([2.0, 7.0, 1.0, 0.0])
    pairs = np.sign(cases[:, None] - controls[None, :])
    assert ranking.area(cases, controls).value == pytest.approx(((pairs + 1) / 2).mean())


def test_delong_on_numbers_done_by_hand() -> None:
    """Cases 1, 3 against controls 0, 2: V10 = (.5, 1), V01 = (1, .5), both variances .125."""
    found = ranking.area(np.array([1.0, 3.0]), np.array([0.0, 2.0]))
    assert found.value == 0.75
    assert found.interval == pytest.approx(
        (max(0.0, 0.75 - 1.96 * math.sqrt(0.125)), 1.0), abs=1e-4
    )


def test_a_perfect_area_is_not_certain() -> None:
    found = ranking.area(np.array([2.0, 3.0]), np.array([0.0, 1.0]))
    assert found.value == 1.0
    assert found.interval == pytest.approx((math.sqrt(0.05), 1.0))
    assert ranking.area(np.array([2.0]), np.array([0.0])).interval[0] == pytest.approx(0.05)


def test_one_group_alone_has_no_area() -> None:
    assert math.isnan(ranking.area(np.zeros(0), np.ones(3)).value)


def test_an_even_grid_is_uniform() -> None:
    grid = (np.arange(100) + 0.5) / 100
    assert uniformity.two_sided(grid) == pytest.approx((0.005, 1.0))


def test_kolmogorov_at_its_five_per_cent_point() -> None:
    """Stephens: the critical value of the modified D is 1.358."""
    count = 100
    distance = 1.358 / (10 + 0.12 + 0.011)
    values = np.clip((np.arange(count) + 1) / count - distance, 0, 1)
    assert uniformity.two_sided(values)[1] == pytest.approx(0.05, abs=0.001)


def test_values_that_err_on_the_safe_side_pass_one_way_only() -> None:
    values = np.sqrt((np.arange(200) + 0.5) / 200)
    assert uniformity.two_sided(values)[1] < 1e-6
    assert uniformity.too_small(values)[1] > 0.5
    assert uniformity.too_small(values**4)[1] < 1e-6


def test_no_values_say_nothing() -> None:
    assert uniformity.two_sided(np.zeros(0))[1] == 1.0
    assert uniformity.too_small(np.zeros(0))[1] == 1.0
