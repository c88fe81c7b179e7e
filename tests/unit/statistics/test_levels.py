import pytest

from coach.engine.statistics.levels import level, score
from coach.model.insights import Level


@pytest.mark.parametrize(
    ("probability", "weeks", "flagged", "named"),
    [
        (0.995, 2, True, "strong"),
        (0.995, 1, True, "likely"),
        (0.995, 3, False, "possible"),
        (0.989, 3, True, "likely"),
        (0.95, 1, True, "likely"),
        (0.949, 3, True, "possible"),
        (0.80, 0, False, "possible"),
        (0.799, 3, True, "none"),
    ],
)
def test_a_level_needs_its_probability_the_flag_and_for_strong_a_second_week(
    probability: float, weeks: int, *, flagged: bool, named: Level
) -> None:
    assert level(probability, weeks, flagged=flagged) == named


def test_a_score_is_a_probability_in_percent() -> None:
    assert score(0.87654) == 87.7
