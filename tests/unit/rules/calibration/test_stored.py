"""Every decision is stored with its inputs, and can be computed again."""

import pytest

from bench.labellers import Labeller, week_of
from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.sample import windowed
from coach.engine.rules.calibration.states import applied
from coach.engine.rules.calibration.stored import (
    case_bytes,
    case_sha256,
    decision_bytes,
    read_case,
    read_decision,
)
from coach.engine.rules.calibration.values import (
    CalibrationCase,
    Decision,
    LabelledEvent,
    State,
    fresh,
)
from coach.model.times import WEEK_US
from tests.recomputed import recomputed

NOW = 12 * WEEK_US
START = fresh(2.0)


def labels() -> list[LabelledEvent]:
    who = Labeller("stored", 10, 3.0)
    return [event for week in range(12) for event in week_of(who, week, 2.0)]


@pytest.fixture
def decision() -> Decision:
    return calibrate("spike", labels(), NOW, START, "1")


def test_a_decision_is_computed_again_from_its_stored_inputs(decision: Decision) -> None:
    case = CalibrationCase("calibrate", "spike", windowed(labels(), NOW), NOW, START, "1")
    stored = case_bytes(case)
    assert read_case(stored) == case
    assert decision.input_sha256 == case_sha256(case)
    assert decision_bytes(recomputed(stored)) == decision_bytes(decision)
    assert read_decision(decision_bytes(decision)) == decision


def test_a_watch_is_computed_again_from_its_stored_inputs(decision: Decision) -> None:
    moved = applied(START, decision, NOW - WEEK_US)
    events = windowed(labels(), NOW)
    since = tuple(event for event in events if event.at_us > NOW - WEEK_US)
    stored = case_bytes(CalibrationCase("monitor", "spike", since, NOW, moved, "1"))
    assert recomputed(stored) == monitor("spike", labels(), NOW, moved, "1")


def test_another_version_time_or_rule_draws_other_numbers(decision: Decision) -> None:
    others = [
        calibrate("spike", labels(), NOW, START, "2"),
        calibrate("spike", labels(), NOW + 1, START, "1"),
        calibrate("other", labels(), NOW, START, "1"),
    ]
    assert len({decision.seed, *(other.seed for other in others)}) == 4


def test_whole_numbers_and_floats_are_the_same_bytes() -> None:
    whole = State(grid=(1, 2, 3, 4, 5, 6, 7, 8, 9), default=3, theta=3)
    same = State(grid=tuple(float(one) for one in range(1, 10)), default=3.0, theta=3.0)
    first = calibrate("spike", [LabelledEvent(NOW, 2, answer=True)], NOW, whole, "1")
    other = calibrate("spike", [LabelledEvent(NOW, 2.0, answer=True)], NOW, same, "1")
    assert decision_bytes(first) == decision_bytes(other)
