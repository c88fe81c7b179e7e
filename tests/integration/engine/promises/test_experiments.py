"""An experiment from registration to its card, over a clock that a test moves."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import experiments as api
from coach.engine.api.promises import revisions, rules
from coach.engine.api.promises.experiments import ExperimentRequest
from coach.engine.api.promises.running_experiments import RunningExperiment
from coach.engine.api.session import Session
from coach.engine.experiments import registered
from coach.engine.rules.draft import Terms
from coach.errors import NotFound, UsageError

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
THURSDAY = datetime(2026, 4, 2, 9, tzinfo=UTC)
MONDAY = datetime(2026, 4, 6, tzinfo=UTC)
RULE = "max_trades_per_day"


class Clock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = THURSDAY

    def __call__(self) -> datetime:
        return self.now

    def in_week(self, number: int) -> None:
        """Go to the Thursday of the so-manieth week of the experiment, from 0."""
        self.now = MONDAY + timedelta(weeks=number, days=3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at(session: Session, clock: Clock, tmp_path: Path) -> Session:
    """Return a session with a first trade and a rule, two days before the first week."""
    at = replace(session, clock=clock)
    bring(at, tmp_path, ["2026-04-01T09:00:00Z,BTC-USD,buy,1,100,0,,a0"])
    bring(at, tmp_path, ["2026-04-01T10:00:00Z,BTC-USD,sell,1,101,0,,b0"])
    rules.add(at, RULE, {"limit": 1})
    return at


def bring(session: Session, folder: Path, lines: list[str]) -> None:
    file = folder / f"{sha256(''.join(lines).encode()).hexdigest()}.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n")
    import_statement(session, file, ImportRequest(account="main"))


def trade(week: int, number: int, gain: int) -> list[str]:
    """Return a trade on the Tuesday of a week."""
    opened = MONDAY + timedelta(weeks=week, days=1, hours=8, minutes=20 * number)
    closed = opened + timedelta(minutes=10)
    name = f"{week}.{number}"
    return [
        f"{opened:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,1,100,0,,o{name}",
        f"{closed:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,1,{100 + gain},0,,c{name}",
    ]


@pytest.fixture
def trade_weeks(at: Session, tmp_path: Path) -> Callable[..., None]:
    """Trade so many weeks: one trade while the rule is on, two while it is off."""

    def lived(view: api.ExperimentView, count: int, *, on: int, off: int) -> None:
        lines = []
        for week in range(count):
            is_on = view.registered.on[week]
            lines += trade(week, 0, (on if is_on else off) + week % 3)
            lines += [] if is_on else trade(week, 1, 0)
        lines += trade(count, 0, 0)
        bring(at, tmp_path, lines)

    return lived


def test_what_is_registered_can_be_hashed_by_anybody(at: Session) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    said = json.loads(made.experiment.registration)
    assert sha256(made.experiment.registration.encode()).hexdigest() == made.experiment.sha256
    assert said["weeks"][0] == "2026-W15"
    assert (said["quote"], said["rule"]["params"]) == ("USD", {"limit": 1})
    [kept] = api.experiments(at)
    assert kept == made
    assert kept.intact


def test_the_rule_is_told_in_on_weeks_and_rests_in_off_weeks(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    api.advance(at)
    assert rules.view(at, RULE).rule.active
    assert api.experiments(at)[0].on_now is None
    for week, on in enumerate(made.registered.on):
        clock.in_week(week)
        api.advance(at)
        assert rules.view(at, RULE).rule.active is on
        assert api.experiments(at)[0].on_now is on
    clock.in_week(8)
    api.advance(at)
    assert rules.view(at, RULE).rule.active
    assert api.experiments(at)[0].on_now is None


def test_what_the_trader_does_within_a_week_stands(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    first_off = made.registered.on.index(False)
    clock.in_week(first_off)
    api.advance(at)
    rules.set_active(at, RULE, active=True)
    api.advance(at)
    assert rules.view(at, RULE).rule.active


def test_a_great_effect_is_found_and_ends_it(
    at: Session, clock: Clock, trade_weeks: Callable[..., None]
) -> None:
    made = api.start(at, RULE, ExperimentRequest(12))
    trade_weeks(made, 8, on=50, off=-40)
    clock.in_week(8)
    api.advance(at)
    found = api.result(at, made.experiment.id)
    told: dict[str, Any] = found.card
    assert (found.view.experiment.state, told["finding"]) == ("decided", "higher")
    assert (told["weeks_counted"], found.final, found.early) == (8, True, False)
    low, high = told["interval"]
    assert 0 < low <= float(told["estimate"]) <= high
    assert told["compliance"]["on"]["kept"] == 1.0
    assert told["compliance"]["off"]["kept"] == 0.5
    assert rules.view(at, RULE).rule.active


def test_no_effect_is_a_result(at: Session, clock: Clock, trade_weeks: Callable[..., None]) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    trade_weeks(made, 8, on=5, off=5)
    clock.in_week(8)
    api.advance(at)
    found = api.result(at, made.experiment.id)
    assert found.view.experiment.state == "complete"
    assert found.card["finding"] == "no effect found"
    assert "no effect found in 8 weeks" in str(found.card["verdict"])


def test_money_is_that_of_the_trades(
    at: Session, clock: Clock, trade_weeks: Callable[..., None]
) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    trade_weeks(made, 8, on=5, off=5)
    clock.in_week(8)
    api.advance(at)
    told: dict[str, Any] = api.result(at, made.experiment.id).card
    on = sum(5 + week % 3 for week, is_on in enumerate(made.registered.on) if is_on)
    assert told["on_total"] == str(on)
    assert [week["value"] for week in told["weeks"]] == [str(5 + week % 3) for week in range(8)]


def test_the_result_does_not_change_once_it_is_over(
    at: Session, clock: Clock, trade_weeks: Callable[..., None], tmp_path: Path
) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    trade_weeks(made, 8, on=5, off=5)
    clock.in_week(8)
    api.advance(at)
    before = api.result(at, made.experiment.id).card
    bring(at, tmp_path, trade(2, 5, 900))
    assert api.result(at, made.experiment.id).card == before


def test_a_week_counts_when_fills_after_it_are_known(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(9)
    found = api.result(at, made.experiment.id)
    assert (found.view.experiment.state, found.card["weeks_counted"]) == ("running", 0)


def test_an_early_stop_is_told_for_ever(
    at: Session, clock: Clock, trade_weeks: Callable[..., None]
) -> None:
    made = api.start(at, RULE, ExperimentRequest(12))
    trade_weeks(made, 4, on=5, off=5)
    clock.in_week(5)
    api.advance(at)
    ended = api.stop(at, made.experiment.id)
    assert (ended.early, ended.card["weeks_counted"], ended.card["state"]) == (True, 4, "stopped")
    assert api.result(at, made.experiment.id).early
    assert rules.view(at, RULE).rule.active
    with pytest.raises(UsageError, match="is over: stopped"):
        api.stop(at, made.experiment.id)


def test_a_rule_that_was_changed_meanwhile_is_told(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.now = THURSDAY + timedelta(hours=1)
    rules.edit(at, RULE, {"limit": 2}, Terms())
    found = api.result(at, made.experiment.id)
    assert found.deviations == (
        "the rule was changed on 2026-04-02; it is judged as it was registered",
    )


def test_switches_by_the_schedule_are_no_deviations(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    for week in range(9):
        clock.in_week(week)
        api.advance(at)
    on = [True, *registered.read(made.experiment).on, True]  # the weeks are drawn at random
    switches = sum(was is not then for was, then in pairwise(on))
    assert switches >= 2
    assert len(revisions.history(at, RULE)) == 1 + switches
    assert api.result(at, made.experiment.id).deviations == ()


def test_after_a_change_each_switch_by_the_schedule_is_still_none(
    at: Session, clock: Clock
) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(0)
    api.advance(at)
    rules.edit(at, RULE, {"limit": 2}, Terms())
    for week in range(1, 8):
        clock.in_week(week)
        api.advance(at)
    rules.edit(at, RULE, {"limit": 1}, Terms())
    assert api.result(at, made.experiment.id).deviations == (
        "the rule was changed on 2026-04-09; it is judged as it was registered",
        "the rule was changed back to what was registered on 2026-05-28",
    )


@pytest.mark.parametrize(
    ("is_on", "said"),
    [
        (True, "paused by hand on {day}, in a week in which it was to be on"),
        (False, "resumed by hand on {day}, in a week in which it was to be off"),
    ],
)
def test_a_switch_by_hand_against_the_schedule_is_a_deviation(
    at: Session, clock: Clock, is_on: bool, said: str
) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(made.registered.on.index(is_on))
    api.advance(at)
    rules.set_active(at, RULE, active=not is_on)
    rules.set_active(at, RULE, active=is_on)
    day = clock.now.date().isoformat()
    assert api.result(at, made.experiment.id).deviations == (
        f"the rule was {said.format(day=day)}",
    )


def test_a_pause_before_the_first_week_is_no_deviation(at: Session) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    rules.set_active(at, RULE, active=False)
    assert api.result(at, made.experiment.id).deviations == ()


def test_an_end_by_hand_that_hands_the_rule_back_is_no_deviation(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(made.registered.on.index(False))
    api.advance(at)
    assert api.stop(at, made.experiment.id).deviations == ()
    assert rules.view(at, RULE).rule.active


def test_a_removed_rule_an_expiry_and_a_lock_are_told(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(0)
    rules.edit(at, RULE, {}, Terms(expires_at=clock.now + timedelta(days=20)))
    rules.edit(at, RULE, {}, Terms(expires_at=None, lock_hours=1))
    rules.edit(at, RULE, {"limit": 1}, Terms(note="Calm."))
    said = " / ".join(api.result(at, made.experiment.id).deviations)
    assert said == (
        "the rule was given an expiry on 2026-04-09: it ends on 2026-04-29, before the last week"
        " does / the rule was locked on 2026-04-09, so it did not rest from then on"
    )


def test_a_removed_rule_is_told_and_its_experiment_goes_on(at: Session, clock: Clock) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(0)
    assert rules.remove(at, RULE).experiment == RunningExperiment(
        made.experiment.id, made.registered.weeks[-1]
    )
    clock.in_week(1)
    api.advance(at)
    assert api.result(at, made.experiment.id).deviations == ("the rule was removed on 2026-04-09",)


def test_a_changed_rule_names_the_experiment_that_runs_on_it(at: Session) -> None:
    assert rules.view(at, RULE).experiment is None
    made = api.start(at, RULE, ExperimentRequest(8))
    after = rules.edit(at, RULE, {"limit": 2}, Terms())
    assert after.experiment is not None
    assert after.experiment.id == made.experiment.id
    api.stop(at, made.experiment.id)
    assert rules.view(at, RULE).experiment is None


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (ExperimentRequest(8), ExperimentRequest(8), True),
        (ExperimentRequest(8), ExperimentRequest(12, "return"), True),
        (ExperimentRequest(8), ExperimentRequest(8, "entries"), False),
        (ExperimentRequest(8, "entries"), ExperimentRequest(8, "entries"), True),
    ],
)
def test_experiments_on_one_outcome_at_the_same_time_are_told(
    at: Session, first: ExperimentRequest, second: ExperimentRequest, overlap: bool
) -> None:
    other = rules.add(at, "cooldown_after_loss", {"minutes": 5}).rule.id
    one, two = api.start(at, RULE, first), api.start(at, other, second)
    assert [each.experiment for each in two.overlaps] == [one.experiment.id] * overlap
    seen = api.view(at, one.experiment.id).overlaps
    assert [each.experiment for each in seen] == [two.experiment.id] * overlap


def test_an_experiment_that_ended_before_overlaps_with_none(at: Session, clock: Clock) -> None:
    first = api.start(at, RULE, ExperimentRequest(8))
    clock.in_week(0)
    api.stop(at, first.experiment.id)
    other = rules.add(at, "cooldown_after_loss", {"minutes": 5}).rule.id
    assert api.start(at, other, ExperimentRequest(8)).overlaps == ()


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (ExperimentRequest(6), "at least 8"),
        (ExperimentRequest(9), "even number"),
        (ExperimentRequest(8, "profit"), "not 'profit'"),
        (ExperimentRequest(8, quote="CHF"), "not CHF"),
        (ExperimentRequest(8, "entries", "USD"), "counts no money"),
    ],
)
def test_what_makes_no_sense_is_refused(at: Session, wanted: ExperimentRequest, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        api.start(at, RULE, wanted)
    assert api.experiments(at) == []


def test_a_rule_that_cannot_rest_is_refused(at: Session) -> None:
    with pytest.raises(NotFound):
        api.start(at, "nothing", ExperimentRequest(8))
    api.start(at, RULE, ExperimentRequest(8))
    with pytest.raises(UsageError, match="is in experiment"):
        api.start(at, RULE, ExperimentRequest(8))
    locked = rules.add(at, "cooldown_after_loss", {"minutes": 5}, Terms(lock_hours=72))
    with pytest.raises(UsageError, match="is locked"):
        api.start(at, locked.rule.id, ExperimentRequest(8))
    short = rules.add(
        at,
        "max_size_vs_median",
        {"ratio": 2},
        Terms(expires_at=THURSDAY + timedelta(weeks=3)),
    )
    with pytest.raises(UsageError, match="expires before the last week"):
        api.start(at, short.rule.id, ExperimentRequest(8))


def test_an_id_may_be_shortened_and_must_be_there(at: Session) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    assert api.view(at, made.experiment.id[:5]).experiment.id == made.experiment.id
    for name in ("", "xyz"):
        with pytest.raises(NotFound):
            api.view(at, name)


def test_a_registration_that_was_tampered_with_is_told(at: Session) -> None:
    made = api.start(at, RULE, ExperimentRequest(8))
    at.connection.execute(
        "update experiment set body = jsonb_set(body, '{registration}', to_jsonb(replace("
        "body->>'registration', '\"alpha\":0.1', '\"alpha\":0.9')))"
    )
    found = api.result(at, made.experiment.id)
    assert not found.view.intact
    assert found.deviations == ("the registration does not have the hash it was kept under",)
