"""Every change is kept, can be taken back, and can be computed again."""

from dataclasses import replace

import pytest

from coach.engine.lab.labellers import Labeller, week_of
from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.revisions import (
    Revision,
    read_revision,
    recomputed,
    revision_bytes,
    rollback,
)
from coach.engine.rules.calibration.sample import windowed
from coach.engine.rules.calibration.states import applied
from coach.engine.rules.calibration.stored import (
    canonical,
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
from coach.model.insights import Fact
from coach.model.times import DAY_US, WEEK_US

NOW = 12 * WEEK_US
START = fresh(2.0)
PARAMS: dict[str, Fact] = {"ratio": 2.0, "window": 20}


def labels() -> list[LabelledEvent]:
    who = Labeller("revisions", 10, 3.0)
    return [event for week in range(12) for event in week_of(who, week, 2.0)]


@pytest.fixture
def decision() -> Decision:
    return calibrate("spike", labels(), NOW, START, "1")


@pytest.fixture
def move(decision: Decision) -> Revision:
    return Revision(
        rule_id="spike",
        change="move",
        actor="system",
        reason=decision.reason,
        at_us=NOW,
        params_before=PARAMS,
        params={**PARAMS, "ratio": decision.theta_to},
        decision=decision,
    )


def test_a_rollback_restores_the_bytes_and_pins(move: Revision) -> None:
    back = rollback(move, move, NOW + 1)
    assert canonical(back.params) == canonical(PARAMS)
    assert (back.actor, back.parent) == ("user", move.id)
    assert back.pinned_until_us == NOW + 1 + 30 * DAY_US


def test_a_rollback_by_the_system_names_its_evidence_and_does_not_pin(
    move: Revision, decision: Decision
) -> None:
    worse = replace(decision, kind="rollback", reason="worse_since")
    back = rollback(move, move, NOW + 1, worse)
    assert (back.actor, back.reason, back.pinned_until_us) == ("system", "worse_since", None)


def test_taking_back_an_older_change_follows_the_newest(move: Revision) -> None:
    mute = replace(move, change="mute", active=False, parent=move.id, params_before=move.params)
    back = rollback(move, mute, NOW + 2)
    assert (back.parent, back.active_before, back.active) == (mute.id, False, True)
    assert (back.params_before, back.params) == (move.params, PARAMS)


def test_a_revision_reads_back_as_it_was_written(move: Revision) -> None:
    back = rollback(move, move, NOW + 1)
    for revision in (move, back):
        assert read_revision(revision_bytes(revision)) == revision
        assert revision_bytes(read_revision(revision_bytes(revision))) == revision_bytes(revision)


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
