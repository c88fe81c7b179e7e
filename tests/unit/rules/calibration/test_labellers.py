"""Calibration on traders whose best threshold is known; bench/calibration.py asks many more."""

from dataclasses import replace
from statistics import mean

import pytest

from bench.labellers import Labeller, WeeklyStep, true_f, walk, week_of
from coach.engine.rules.calibration.values import fresh

START = fresh(2.0)


def walks(
    who: Labeller, users: int, weeks: int = 26, watched: bool = True
) -> list[list[WeeklyStep]]:
    named = [replace(who, name=f"{who.name} {user}") for user in range(users)]
    return [list(walk(one, START, weeks, watched)) for one in named]


def moved(steps: list[WeeklyStep]) -> bool:
    return any(step.decision.kind == "move" for step in steps)


def muted(steps: list[WeeklyStep]) -> bool:
    return any(step.decision.kind == "mute" for step in steps)


@pytest.mark.parametrize(("optimum", "after"), [(1.5, 0.859), (2.25, 0.799), (3.0, 0.715)])
def test_ten_labels_a_week_lead_to_the_best_threshold(optimum: float, after: float) -> None:
    found = walks(Labeller("short", 10, optimum), 5)
    f = [true_f(steps[-1].state.theta, optimum) for steps in found]
    assert abs(mean(f) - after) < 0.06
    assert min(f) >= true_f(2.0, optimum) - 1e-9


@pytest.mark.parametrize("rate", [0.35, 0.5])
def test_labels_that_know_nothing_of_the_score_move_next_to_nothing(rate: float) -> None:
    found = walks(Labeller("coin", 10, None, rate=rate), 8)
    assert sum(moved(steps) for steps in found) <= 1


def test_a_trader_who_changes_is_followed_within_sixteen_weeks() -> None:
    found = walks(Labeller("drift", 15, 1.5, turns_at=16), 5, weeks=32)
    assert mean(steps[15].state.theta for steps in found) <= 1.75
    assert mean(steps[31].state.theta for steps in found) >= 2.25


def test_who_confirms_everything_is_asked_ever_more_down_to_the_lower_bound() -> None:
    thetas = [step.state.theta for step in walks(Labeller("yes", 10, None, rate=1.0), 1)[0]]
    assert thetas == sorted(thetas, reverse=True)
    assert START.grid[0] <= thetas[-1] < 2.0


def test_who_denies_everything_is_asked_ever_less_and_then_not_at_all() -> None:
    steps = walks(Labeller("no", 10, None, rate=0.0), 1)[0]
    kinds = [step.decision.kind for step in steps]
    assert kinds.index("move") < kinds.index("mute")
    assert min(step.state.theta for step in steps) == 2.0


def test_a_useless_rule_is_muted_and_a_useful_one_never() -> None:
    assert all(muted(steps) for steps in walks(Labeller("useless", 10, None, rate=0.15), 3))
    assert not any(muted(steps) for steps in walks(Labeller("useful", 10, 3.0), 3))


def test_outcomes_alone_never_lead_further_than_one_step_from_the_default() -> None:
    for optimum in (1.5, 3.0):
        found = walks(Labeller("proxies", 0, optimum, proxies=20), 2)
        places = {START.place(step.state.theta) for steps in found for step in steps}
        assert places <= {3, 4, 5}
        assert len(places) > 1


def test_asked_about_what_fired_the_rest_is_drawn_by_lot() -> None:
    week = week_of(Labeller("fired", 10, asking="fired", candidates=30), 0, 2.0)
    others = [event for event in week if event.score < 2.0]
    assert len(others) == 2
    assert len(week) <= 10
    assert all(event.inclusion < 1.0 for event in others)
