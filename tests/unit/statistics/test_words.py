import math

import pytest

from coach.engine.statistics.words import arcsine_difference, effect_size, significant


@pytest.mark.parametrize(
    ("standardised", "word"),
    [(0.1, "negligible"), (-0.2, "small"), (0.5, "medium"), (-0.8, "large"), (math.inf, "large")],
)
def test_an_effect_has_cohens_word_whichever_its_sign(standardised: float, word: str) -> None:
    assert effect_size(standardised) == word


def test_rates_of_a_half_and_a_quarter_differ_by_a_medium_h() -> None:
    """Cohen (1988), table 6.2.2: phi(.50) = 1.571, phi(.25) = 1.047."""
    assert arcsine_difference(0.50, 0.25) == pytest.approx(1.571 - 1.047, abs=1e-3)


def test_what_machines_disagree_about_is_rounded_away() -> None:
    assert significant(0.1 + 0.2) == significant(0.3) == 0.3
    assert str(significant(-0.0)) == "0.0"
