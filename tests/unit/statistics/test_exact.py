"""Small-count tests against printed values and values that a hand can compute."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics import exact


def test_nine_of_ten_coin_tosses_is_eleven_in_1024() -> None:
    assert exact.binomial_at_least(9, 10, 0.5) == pytest.approx(11 / 1024)
    assert exact.binomial_two_sided(9, 10, 0.5) == pytest.approx(22 / 1024)


def test_682_giants_of_925_peas_agree_with_three_in_four() -> None:
    """Agrees with R: binom.test(682, 925, 3/4), p-value = 0.3825."""
    assert exact.binomial_two_sided(682, 925, 0.75) == pytest.approx(0.3825, abs=5e-5)


@pytest.mark.parametrize(("rate", "hits", "p"), [(0.0, 0, 1.0), (0.0, 1, 0.0), (1.0, 3, 1.0)])
def test_a_certain_rate_leaves_no_doubt(rate: float, hits: int, p: float) -> None:
    assert exact.binomial_at_least(hits, 3, rate) == p


def test_five_events_where_two_are_expected() -> None:
    below = math.exp(-2) * (1 + 2 + 2 + 4 / 3 + 2 / 3)
    assert exact.poisson_at_least(5, 2.0) == pytest.approx(1 - below)


@pytest.mark.parametrize(("events", "p"), [(0, 1.0), (1, 0.0)])
def test_nothing_expected_and_something_seen_is_impossible(events: int, p: float) -> None:
    assert exact.poisson_at_least(events, 0.0) == p


def test_equal_rates_in_unequal_hours_are_no_surprise() -> None:
    assert exact.rate_higher(3, 30.0, 1, 10.0) == pytest.approx(0.75**4 + 4 * 0.75**3 * 0.25)


def test_the_lady_tasting_tea_guessed_three_of_four() -> None:
    """Fisher (1935), The Design of Experiments, ch. 2: 17 of 70."""
    assert exact.fisher_at_least(3, 1, 1, 3) == pytest.approx(17 / 70)
    assert exact.fisher_two_sided(3, 1, 1, 3) == pytest.approx(34 / 70)


def test_convictions_of_criminal_twins() -> None:
    """Fisher (1935), as R prints it: 0.0004652 one-sided, 0.0005367 two-sided."""
    assert exact.fisher_at_least(10, 3, 2, 15) == pytest.approx(0.0004652, abs=5e-8)
    assert exact.fisher_two_sided(10, 3, 2, 15) == pytest.approx(0.0005367, abs=5e-8)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_tails_of_a_table_overlap_in_the_table_itself(a: int, b: int, c: int, d: int) -> None:
    chance, possible = exact._hypergeometric(a, b, c, d)
    both = exact.fisher_at_least(a, b, c, d) + exact.fisher_at_least(b, a, d, c)
    assert both == pytest.approx(1 + chance(a))
    assert math.fsum(map(chance, possible)) == pytest.approx(1)
