"""Names of habits as others write them."""

import pytest

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.names import habit, split


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("revenge_trading", "revenge"),
        ("Averaging Down", "averaging_down"),
        ("avgdown", "averaging_down"),
        ("panic", "panic_selling"),
        ("overtrade", "overtrading"),
        ("sizeup_after_loss", "size_after_loss"),
        ("Rational", ""),
        (" ", ""),
        ("-", ""),
        ("astrology", "astrology"),
    ],
)
def test_a_habit_is_known_by_its_other_names(theirs: str, ours: str) -> None:
    assert habit(theirs) == ours


def test_every_other_name_of_a_habit_leads_to_it() -> None:
    assert all(habit(also) == name for name, one in HABITS.items() for also in one.words.also)


def test_several_habits_stand_in_one_cell() -> None:
    assert split("revenge+fomo; fatigue, panic") == ["revenge", "fomo", "fatigue", "panic"]
