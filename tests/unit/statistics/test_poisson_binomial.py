import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.distributions.poisson_binomial import at_least
from coach.engine.statistics.exact import binomial_at_least


def test_two_of_three_uneven_coins() -> None:
    chances = np.array([0.5, 0.25, 0.1])
    both = 0.5 * 0.25 * 0.9 + 0.5 * 0.75 * 0.1 + 0.5 * 0.25 * 0.1
    assert at_least(2, chances) == pytest.approx(both + 0.5 * 0.25 * 0.1)


@given(st.integers(0, 30), st.integers(1, 30), st.floats(0, 1))
def test_equal_chances_make_a_binomial(hits: int, trials: int, chance: float) -> None:
    found = at_least(hits, np.full(trials, chance))
    assert found == pytest.approx(binomial_at_least(hits, trials, chance), abs=1e-9)


@pytest.mark.parametrize(("hits", "p"), [(0, 1.0), (-1, 1.0), (4, 0.0)])
def test_nothing_less_than_none_and_nothing_more_than_all(hits: int, p: float) -> None:
    assert at_least(hits, np.array([0.2, 0.3, 0.4])) == p


def test_thousands_of_trials_follow_the_normal_curve() -> None:
    exact, limit = np.full(5_000, 0.03), np.full(5_001, 0.03)
    assert at_least(170, limit) == pytest.approx(at_least(170, exact), rel=0.05)


@pytest.mark.parametrize(("hits", "p"), [(1, 1.0), (5_001, 1.0)])
def test_thousands_of_certain_trials_are_certain(hits: int, p: float) -> None:
    assert at_least(hits, np.ones(5_001)) == p
