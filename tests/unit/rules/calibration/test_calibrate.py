"""When a threshold may move, and when it may not."""

from dataclasses import replace

import pytest

from bench.labellers import Labeller, week_of
from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.states import applied
from coach.engine.rules.calibration.values import Decision, LabelledEvent, State, fresh
from coach.model.times import DAY_US

NOW = 200 * DAY_US
START = fresh(2.0)


def asked(events: list[LabelledEvent], state: State = START) -> Decision:
    return calibrate("spike", events, NOW, state, "1")


def loose(count: int = 240, best: float = 3.0, proxy: bool = False) -> list[LabelledEvent]:
    """Return labels of the last twelve weeks by a trader whose best threshold is `best`."""
    who = Labeller(f"loose {best}", labels=count // 12, optimum=best)
    events = [event for week in range(12) for event in week_of(who, week, 2.0)]
    return [replace(event, at_us=event.at_us + NOW - 84 * DAY_US, proxy=proxy) for event in events]


def row(score: float, answers: str, age_days: float = 1.0) -> list[LabelledEvent]:
    at_us = round(NOW - age_days * DAY_US)
    return [LabelledEvent(at_us - place, score, said == "y") for place, said in enumerate(answers)]


def test_nothing_labelled_needs_twenty() -> None:
    decision = asked([])
    assert (decision.kind, decision.reason, decision.need) == ("keep", "insufficient", 20)
    assert decision.grid[0].precision is None


def test_fewer_than_twenty_effective_labels_never_move() -> None:
    decision = asked(row(2.1, "n" * 12) + row(3.2, "y" * 7))
    assert (decision.kind, decision.reason, decision.need) == ("keep", "insufficient", 1)


def test_old_labels_count_less() -> None:
    ages = [labelled for age in range(1, 115, 5) for labelled in row(2.1, "y", age)]
    assert asked(ages).n == 23
    assert asked(ages).n_eff < 20


def test_fewer_than_five_yes_say_nothing_of_recall() -> None:
    decision = asked(row(2.1, "n" * 26) + row(3.2, "yyyy"))
    assert (decision.kind, decision.reason, decision.need) == ("keep", "insufficient", 1)


def test_a_threshold_that_cries_wolf_moves_one_step_up() -> None:
    decision = asked(loose())
    assert (decision.kind, decision.reason) == ("move", "better")
    assert (decision.theta_from, decision.theta_to) == (2.0, 2.25)
    assert decision.best is not None
    assert decision.best > decision.theta_to
    assert decision.p_best is not None
    assert decision.p_best > 0.9


def test_a_threshold_that_misses_much_moves_one_step_down() -> None:
    assert asked(loose(best=1.5)).theta_to == 1.75


def test_the_best_threshold_stays() -> None:
    assert asked(loose(best=2.25), replace(START, theta=2.25)).reason in ("steady", "not_sure")


def test_labels_of_the_future_and_of_last_year_are_not_seen() -> None:
    events = loose()
    others = [
        LabelledEvent(NOW + 1, 2.1, answer=True),
        LabelledEvent(NOW - 120 * DAY_US, 2.1, answer=True),
    ]
    assert asked(events + others) == asked(events)


@pytest.mark.parametrize(
    "state",
    [replace(START, pinned=True), replace(START, edited_at_us=NOW - 29 * DAY_US)],
    ids=["for ever", "for thirty days"],
)
def test_what_the_trader_set_stays(state: State) -> None:
    assert asked(loose(), state).reason == "pinned"


def test_a_word_of_a_month_ago_no_longer_pins() -> None:
    assert asked(loose(), replace(START, edited_at_us=NOW - 30 * DAY_US)).kind == "move"


def test_a_rule_that_just_moved_cools_down() -> None:
    moved = NOW - 13 * DAY_US
    state = replace(START, last_move_us=moved, cooling_until_us=moved + 14 * DAY_US)
    assert asked(loose(), state).reason == "cooling"


def test_fewer_than_ten_new_labels_since_the_move_are_waited_for() -> None:
    events = [event for event in loose() if event.at_us < NOW - 15 * DAY_US] + row(2.1, "nnn")
    state = replace(START, last_move_us=NOW - 15 * DAY_US, cooling_until_us=NOW - DAY_US)
    decision = asked(events, state)
    assert (decision.reason, decision.need) == ("cooling", 7)


def test_turning_back_wants_more_certainty_than_going_on() -> None:
    events = loose()
    while (decision := asked(events)).p_best is not None and decision.p_best > 0.95:
        events = events[:-1]
    assert decision.p_best is not None
    assert 0.90 < decision.p_best <= 0.95
    assert decision.kind == "move"
    assert asked(events, replace(START, last_direction=1)).kind == "move"
    assert asked(events, replace(START, last_direction=-1)).reason == "not_sure"


def test_a_lower_threshold_that_is_wrong_as_often_as_right_is_not_proposed() -> None:
    coins = row(1.6, "yn" * 20) + row(1.8, "yn" * 20) + row(2.1, "yn" * 10)
    assert asked(coins).reason == "imprecise"


def test_a_step_that_the_newest_labels_speak_against_is_not_proposed() -> None:
    events = row(2.1, "n" * 60, 2.0) + row(3.2, "y" * 30, 2.0)
    assert asked(events + row(3.2, "y" * 22)).kind == "move"
    lately = row(2.1, "y" * 6) + row(3.2, "y" * 16)
    assert asked(events + lately).reason == "worse_lately"


def test_a_first_step_that_loses_more_than_it_gains_is_not_proposed() -> None:
    events = row(2.1, "y" * 60) + row(2.6, "n" * 60) + row(3.2, "y" * 200)
    decision = asked(events)
    assert (decision.best, decision.reason) == (3.0, "step_may_hurt")


def test_a_threshold_off_the_grid_moves_to_the_next_one_on_it() -> None:
    assert asked(loose(), replace(START, theta=2.05)).theta_to == 2.25
    assert asked(loose(best=1.5), replace(START, theta=2.05)).theta_to == 2.0


def test_a_threshold_beyond_the_grid_stays_where_there_is_no_step() -> None:
    assert START.beyond(9.0, upwards=True) == 9.0
    assert START.beyond(0.1, upwards=False) == 0.1
    assert START.beyond(9.0, upwards=False) == 3.5


def test_outcomes_alone_move_one_step_and_no_further() -> None:
    outcomes = loose(proxy=True)
    assert asked(outcomes).theta_to == 2.25
    held = asked(outcomes, replace(START, theta=2.25))
    assert (held.kind, held.reason) == ("keep", "proxies_alone")
    assert asked(loose(), replace(START, theta=2.25)).theta_to == 2.5


def test_outcomes_may_always_lead_back_to_the_default() -> None:
    outcomes = loose(best=1.5, proxy=True)
    assert asked(outcomes, replace(START, theta=2.5)).theta_to == 2.25


def test_who_denies_everything_gets_fewer_alarms() -> None:
    decision = asked(row(2.1, "n" * 30) + row(2.6, "n" * 10))
    assert (decision.kind, decision.reason, decision.theta_to) == ("move", "false_alarms", 2.25)


def test_denying_what_the_rule_never_said_changes_nothing() -> None:
    assert asked(row(1.2, "n" * 40)).reason == "insufficient"


def test_eight_useless_weeks_propose_to_mute() -> None:
    events = row(2.1, "nnnny" * 8)
    first = asked(events)
    assert first.useless_since_us == NOW
    later = asked(events, replace(START, useless_since_us=NOW - 56 * DAY_US))
    assert (later.kind, later.reason, later.theta_to) == ("mute", "useless", 2.0)
    assert asked(events, replace(START, useless_since_us=NOW - 55 * DAY_US)).kind == "keep"
    watched = replace(START, previous=1.75, useless_since_us=later.useless_since_us)
    assert applied(watched, later, NOW) == replace(watched, previous=None)


def test_fewer_than_forty_answers_never_mute() -> None:
    state = replace(START, useless_since_us=0)
    answers = row(2.1, "nnnny" * 7 + "nnnn")
    outcomes = [replace(event, proxy=True) for event in row(2.2, "n" * 20)]
    assert asked(answers + outcomes, state).kind == "keep"


def test_a_rule_that_is_right_again_forgets_its_useless_weeks() -> None:
    assert asked(row(2.1, "y" * 30), replace(START, useless_since_us=0)).useless_since_us is None


def test_an_answer_asked_for_by_lot_stands_for_those_not_asked() -> None:
    seldom = [replace(event, inclusion=0.05) for event in row(1.6, "ny")]
    often = row(2.1, "y" * 30)
    plain = asked(row(1.6, "ny") + often).grid[4].recall
    weighed = asked(seldom + often).grid[4].recall
    assert plain is not None
    assert weighed is not None
    assert weighed.mean < plain.mean
    assert asked([replace(event, inclusion=0.2) for event in seldom] + often).grid[4].recall == (
        weighed
    )
