"""Small-count tests against values that a hand can compute."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics import exact


def test_nine_of_ten_coin_tosses_is_eleven_in_1024() -> None:
    assert exact.binomial_at_least(9, 10, 0.5) == pytest.approx(11 / 1024)


@pytest.mark.parametrize(("rate", "hits", "p"), [(0.0, 0, 1.0), (0.0, 1, 0.0), (1.0, 3, 1.0)])
def test_a_certain_rate_leaves_no_doubt(rate: float, hits: int, p: float) -> None:
    assert exact.binomial_at_least(hits, 3, rate) == p


@given(st.integers(1, 40), st.integers(0, 40), st.fractions(0, 1))
def test_the_tail_agrees_with_exact_fractions(trials: int, hits: int, rate: Fraction) -> None:
    tail = sum(
        math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits, trials + 1)
    )
    assert exact.binomial_at_least(hits, trials, float(rate)) == pytest.approx(float(tail))
