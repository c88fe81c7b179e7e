import pytest

from coach.engine.statistics.distributions.normal import Z_90, above, probability_above


@pytest.mark.parametrize(
    ("z", "tail"), [(0.0, 0.5), (1.959963985, 0.025), (2.326347874, 0.01), (-1.0, 0.841344746)]
)
def test_tails_are_those_of_the_printed_tables(z: float, tail: float) -> None:
    assert above(z) == pytest.approx(tail, abs=1e-9)


def test_five_percent_lie_above_the_ninety_percent_limit() -> None:
    assert above(Z_90) == pytest.approx(0.05, abs=1e-12)


def test_a_belief_at_the_minimum_is_even_odds() -> None:
    assert probability_above(0.05, 0.05, 0.01) == 0.5


@pytest.mark.parametrize(("mean", "answer"), [(0.2, 1.0), (0.1, 0.0), (0.0, 0.0)])
def test_a_belief_without_doubt_is_yes_or_no(mean: float, answer: float) -> None:
    assert probability_above(0.1, mean, 0.0) == answer
