import pytest

from coach.engine.statistics.levels import confirmed_by_weeks, level, score
from coach.model.reasons import Level


@pytest.mark.parametrize(
    ("probability", "stands", "named"),
    [
        (0.995, True, "strong"),
        (0.989, True, "likely"),
        (0.80, True, "likely"),
        (0.995, False, "possible"),
        (0.80, False, "possible"),
        (0.799, False, "none"),
    ],
)
def test_only_evidence_that_stands_makes_a_trait(
    probability: float, named: Level, *, stands: bool
) -> None:
    assert level(probability, stands=stands) == named


@pytest.mark.parametrize(
    ("probability", "weeks", "confirmed"),
    [(0.95, 2, True), (0.949, 3, False), (0.999, 1, False)],
)
def test_weekly_runs_confirm_what_is_likely_in_two_of_three(
    probability: float, weeks: int, *, confirmed: bool
) -> None:
    assert confirmed_by_weeks(probability, weeks) is confirmed


def test_a_score_is_a_probability_in_percent() -> None:
    assert score(0.87654) == 87.7
