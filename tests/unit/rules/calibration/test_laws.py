"""What holds whatever the labels say."""

from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as some

from bench.labellers import Labeller, walk
from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.stored import decision_bytes
from coach.engine.rules.calibration.values import LabelledEvent, State, fresh
from coach.model.times import DAY_US, WEEK_US

NOW = 200 * DAY_US
START = fresh(2.0)

labelled = some.builds(
    LabelledEvent,
    at_us=some.integers(NOW - 130 * DAY_US, NOW + DAY_US),
    score=some.floats(-1.0, 6.0),
    answer=some.booleans(),
    inclusion=some.floats(0.01, 1.0),
    proxy=some.booleans(),
)
states = some.builds(
    replace,
    some.just(START),
    theta=some.sampled_from([*START.grid, 0.3, 2.1, 7.0]),
    last_move_us=some.none() | some.integers(NOW - 60 * DAY_US, NOW),
    cooling_until_us=some.none() | some.integers(NOW - 20 * DAY_US, NOW + 20 * DAY_US),
    last_direction=some.sampled_from([-1, 0, 1]),
    useless_since_us=some.none() | some.integers(0, NOW),
)


@given(some.lists(labelled, max_size=60), states, some.randoms(use_true_random=False))
def test_the_same_labels_in_any_order_give_the_same_bytes(
    events: list[LabelledEvent], state: State, dice: Random
) -> None:
    shuffled = list(events)
    dice.shuffle(shuffled)
    first = calibrate("spike", events, NOW, state, "1")
    assert decision_bytes(first) == decision_bytes(calibrate("spike", shuffled, NOW, state, "1"))


@given(some.lists(labelled, min_size=20, max_size=60), states)
def test_a_move_is_one_step_and_never_while_cooling(
    events: list[LabelledEvent], state: State
) -> None:
    decision = calibrate("spike", events, NOW, state, "1")
    if decision.kind != "move":
        assert decision.theta_to == decision.theta_from == state.theta
        return
    low, high = sorted([decision.theta_from, decision.theta_to])
    assert not [theta for theta in state.grid if low < theta < high]
    assert (state.cooling_until_us or 0) <= NOW
    assert decision.n_eff >= 20


@given(some.sampled_from([1.5, 2.25, 2.8, None]), some.integers(8, 20), some.integers(0, 10**6))
@settings(max_examples=6, deadline=None)
def test_moves_are_a_step_each_and_fourteen_days_apart(
    optimum: float | None, labels: int, seed: int
) -> None:
    who = Labeller(f"law {seed}", labels, optimum, rate=0.9)
    steps = list(walk(who, START, 16))
    moves = [step for step in steps if step.decision.kind == "move"]
    for step in moves:
        ends = step.decision.theta_from, step.decision.theta_to
        assert abs(START.place(ends[0]) - START.place(ends[1])) == 1
    for one, next_one in pairwise(moves):
        assert (next_one.week - one.week) * WEEK_US >= 14 * DAY_US
