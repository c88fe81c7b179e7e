"""Which traders are made."""

from collections import Counter

import pytest

from coach.engine.lab.generator.plans import (
    ARCHETYPES,
    BY_RULE,
    BY_TIME_ALONE,
    HABITS,
    MACHINES,
)
from coach.engine.lab.generator.population import cell, crowd, rational


def test_rational_kinds_take_turns() -> None:
    plans = list(rational(70))
    assert [plan.archetype for plan in plans[: len(ARCHETYPES)]] == list(ARCHETYPES)
    assert not any(plan.biases for plan in plans)
    assert len({plan.name for plan in plans}) == 70


def test_rules_are_followed_at_human_hours_and_round_the_clock_by_turns() -> None:
    """Programs trade at any hour, and who leaves by time alone sleeps."""
    hours: dict[str, set[str]] = {}
    for plan in rational(2 * len(ARCHETYPES)):
        hours.setdefault(plan.archetype, set()).add(plan.hours)
    assert {len(hours[kind]) for kind in BY_RULE if kind not in MACHINES} == {2}
    assert all(hours[kind] == {"round_the_clock"} for kind in MACHINES)
    assert all(hours[kind] == {"human_hours"} for kind in BY_TIME_ALONE)


def test_a_cell_differs_in_nothing_but_the_name() -> None:
    plans = list(cell({"revenge": 0.3, "fomo": 0.6}, 3))
    assert {tuple(plan.biases.items()) for plan in plans} == {(("revenge", 0.3), ("fomo", 0.6))}
    assert plans[0].name == "revenge-0.3+fomo-0.6-0000"
    assert len({plan.name for plan in plans}) == 3


def test_habits_of_a_cell_are_planted_in_their_ways_by_turns() -> None:
    plans = list(cell({"disposition": 0.3, "lottery": 1.0}, 4))
    assert [plan.way("disposition") for plan in plans] == ["leaning", "profit_limits"] * 2
    assert {plan.way("lottery") for plan in plans} == {"wild_coin"}
    assert {plan.way("revenge") for plan in crowd(50, 1) if "revenge" in plan.biases} == {
        "back_soon", "rampage",
    }  # fmt: skip


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
