"""Which traders are made."""

from collections import Counter

import pytest

from coach.engine.lab.generator.plans import ARCHETYPES, HABITS
from coach.engine.lab.generator.population import cell, crowd, rational


def test_rational_kinds_take_turns() -> None:
    plans = list(rational(25))
    assert [plan.archetype for plan in plans[:10]] == list(ARCHETYPES)
    assert not any(plan.biases for plan in plans)
    assert len({plan.name for plan in plans}) == 25


def test_a_cell_differs_in_nothing_but_the_name() -> None:
    plans = list(cell({"revenge": 0.3, "fomo": 0.6}, 3))
    assert {tuple(plan.biases.items()) for plan in plans} == {(("revenge", 0.3), ("fomo", 0.6))}
    assert plans[0].name == "revenge-0.3+fomo-0.6-0000"
    assert len({plan.name for plan in plans}) == 3


def test_in_a_crowd_each_habit_is_there_in_a_third() -> None:
    plans = list(crowd(2000, 1))
    counts = Counter(habit for plan in plans for habit in plan.biases)
    assert set(counts) == set(HABITS)
    assert all(count / 2000 == pytest.approx(0.35, abs=0.04) for count in counts.values())


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [("averaging_down", "disposition", 1), ("fomo", "overtrading", -1), ("revenge", "fomo", 0)],
)
def test_some_habits_go_together(one: str, other: str, sign: int) -> None:
    plans = list(crowd(4000, 1))
    both = sum(one in plan.biases and other in plan.biases for plan in plans) / 4000
    chance = 0.35 * 0.35
    assert (both > chance + 0.03) == (sign > 0)
    assert (both < chance - 0.03) == (sign < 0)


def test_another_seed_is_another_crowd() -> None:
    assert list(crowd(5, 1)) == list(crowd(5, 1))
    assert list(crowd(5, 1)) != list(crowd(5, 2))
