import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, Posterior, rate_difference, shrunk


def test_an_error_as_wide_as_the_prior_halves_the_effect() -> None:
    belief = shrunk(math.log(1.5), LOG_RATIO_SPREAD, LOG_RATIO_SPREAD)
    assert belief.mean == pytest.approx(math.log(1.5) / 2)
    assert belief.deviation == pytest.approx(LOG_RATIO_SPREAD / math.sqrt(2))


def test_an_effect_known_exactly_is_kept() -> None:
    assert shrunk(0.4, 0.0, LOG_RATIO_SPREAD) == Posterior(0.4, 0.0)


def test_an_effect_of_which_nothing_is_known_leaves_the_prior() -> None:
    assert shrunk(0.4, math.inf, LOG_RATIO_SPREAD) == Posterior(0.0, LOG_RATIO_SPREAD)


@given(st.floats(-3, 3), st.floats(0, 3))
def test_shrinking_never_overshoots_nor_turns_the_sign(effect: float, error: float) -> None:
    belief = shrunk(effect, error, LOG_RATIO_SPREAD)
    assert abs(belief.mean) <= abs(effect)
    assert belief.mean * effect >= 0
    assert belief.deviation <= error


def test_rates_are_helped_by_six_events_of_the_common_rate() -> None:
    """10 of 20 against 0 of 20: common 11/42, so 10 + 66/42 of 26 against 66/42 of 26."""
    belief = rate_difference(0.5, 20, 0.0, 20)
    assert belief.mean == pytest.approx(10 / 26)
    high, low = (10 + 66 / 42) / 26, (66 / 42) / 26
    variance = (high * (1 - high) + low * (1 - low)) / 27
    assert belief.deviation == pytest.approx(math.sqrt(variance))


def test_equal_rates_are_even_odds() -> None:
    assert rate_difference(0.25, 40, 0.25, 40).above(0.0) == pytest.approx(0.5)
