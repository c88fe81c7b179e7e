"""A move that turns out badly is taken back."""

from dataclasses import replace

from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.states import applied, dismissed, edited
from coach.engine.rules.calibration.values import Decision, LabelledEvent, State, fresh
from coach.model.times import DAY_US

NOW = 200 * DAY_US
MOVED = NOW - 10 * DAY_US
START = replace(fresh(2.0), theta=2.25, previous=2.0, last_move_us=MOVED, last_direction=1, moves=1)
MISSED = [LabelledEvent(MOVED + 1 + place, 2.1, answer=True) for place in range(12)]
SPARED = [LabelledEvent(MOVED + 1 + place, 2.1, answer=False) for place in range(12)]
REAL = [LabelledEvent(NOW - place, 2.6, answer=True) for place in range(6)]


def watched(events: list[LabelledEvent], state: State = START) -> Decision:
    return monitor("spike", events, NOW, state, "1")


def test_a_move_that_misses_what_was_right_is_taken_back() -> None:
    decision = watched(MISSED + REAL)
    assert (decision.kind, decision.reason) == ("rollback", "worse_since")
    assert (decision.theta_from, decision.theta_to) == (2.25, 2.0)


def test_a_move_that_spares_false_alarms_holds() -> None:
    assert watched(SPARED + REAL).reason == "holds"


def test_fewer_than_ten_labels_since_the_move_say_nothing() -> None:
    decision = watched(MISSED[:9])
    assert (decision.reason, decision.need) == ("insufficient", 1)


def test_labels_from_before_the_move_say_nothing() -> None:
    before = [replace(event, at_us=MOVED) for event in MISSED]
    assert watched(before).n == 0


def test_without_a_move_there_is_nothing_to_watch() -> None:
    assert watched(MISSED, fresh(2.0)).reason == "holds"


def test_what_the_trader_set_is_not_taken_back() -> None:
    assert watched(MISSED + REAL, replace(START, pinned=True)).reason == "pinned"


def test_a_rollback_rests_for_twenty_eight_days() -> None:
    state = applied(START, watched(MISSED + REAL), NOW)
    assert (state.theta, state.previous, state.last_direction) == (2.0, None, -1)
    assert state.cooling_until_us == NOW + 28 * DAY_US


def test_watching_leaves_the_useless_weeks_alone() -> None:
    state = replace(START, useless_since_us=5)
    assert applied(state, watched(SPARED + REAL, state), NOW) == state


def test_an_edit_ends_the_watch_and_a_refusal_asks_again_in_two_weeks() -> None:
    state = edited(START, 1.3, NOW)
    assert (state.theta, state.previous, state.edited_at_us) == (1.3, None, NOW)
    assert state.pinned_at(NOW + 30 * DAY_US - 1)
    assert not state.pinned_at(NOW + 30 * DAY_US)
    assert dismissed(START, NOW).cooling_until_us == NOW + 14 * DAY_US
