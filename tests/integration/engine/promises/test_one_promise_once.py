"""No way of changing rules leaves two active ones that promise the very same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from coach.engine.api.promises import experiments, revisions, rules
from coach.engine.api.promises.experiments import ExperimentRequest
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.errors import Conflict, InvalidParams
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

FIVE, SIX = "max_trades_per_day", "max_trades_per_day-2"
TAKEN = f"{FIVE} promises that already, and it is active"


@pytest.fixture
def two(session: Session) -> Session:
    """Five trades a day, and six."""
    rules.add(session, FIVE, {"limit": 5})
    rules.add(session, FIVE, {"limit": 6})
    return session


def limits(session: Session) -> list[object]:
    return [one.rule.params["limit"] for one in rules.rules(session) if one.state == "active"]


def test_an_edit_that_would_repeat_another_rule_is_refused(two: Session) -> None:
    with pytest.raises(Conflict, match=TAKEN):
        rules.edit(two, SIX, {"limit": 5}, Terms())
    assert limits(two) == [5, 6]


def test_a_paused_rule_may_repeat_and_may_not_be_resumed(two: Session) -> None:
    rules.set_active(two, SIX, active=False)
    rules.edit(two, SIX, {"limit": 5}, Terms())
    with pytest.raises(Conflict, match=TAKEN):
        rules.set_active(two, SIX, active=True)
    assert limits(two) == [5]
    rules.remove(two, FIVE)
    assert rules.set_active(two, SIX, active=True).state == "active"


def test_a_rollback_that_would_repeat_another_rule_is_refused(two: Session) -> None:
    rules.edit(two, SIX, {"limit": 7}, Terms())
    rules.edit(two, FIVE, {"limit": 6}, Terms())
    with pytest.raises(Conflict, match=TAKEN):
        revisions.rollback(two, SIX)
    rules.remove(two, SIX)
    with pytest.raises(Conflict, match=TAKEN):
        revisions.rollback(two, SIX, to=1)
    assert limits(two) == [6]


def test_an_expired_rule_may_not_return_beside_its_like(session: Session) -> None:
    ends = session.clock()
    early = replace(session, clock=lambda: ends - timedelta(hours=1))
    rules.add(early, FIVE, {"limit": 5}, Terms(expires_at=ends))
    rules.add(session, FIVE, {"limit": 5})
    with pytest.raises(Conflict, match=f"{SIX} promises that already"):
        rules.edit(session, FIVE, {}, Terms(forever=True))
    assert rules.edit(session, FIVE, {}, Terms(note="Over.")).expired


def test_what_a_rule_will_promise_once_its_lock_has_ended_is_taken(
    two: Session, later: Callable[[float], Session]
) -> None:
    rules.edit(later(0), FIVE, {}, Terms(lock_hours=24))
    waiting = rules.edit(later(0), FIVE, {"limit": 9}, Terms())
    assert waiting.waiting is not None
    with pytest.raises(Conflict, match=TAKEN):
        rules.add(later(0), FIVE, {"limit": 9})
    with pytest.raises(Conflict, match=TAKEN):
        rules.edit(later(0), SIX, {"limit": 9}, Terms())
    rules.apply_ended_locks(later(25))
    assert limits(two) == [9, 6]


def test_a_preset_that_repeats_a_rule_makes_none_of_its_rules(session: Session) -> None:
    rules.add(session, FIVE, {"limit": 8})
    with pytest.raises(Conflict, match=TAKEN):
        rules.add_all(session, rules.preset("day"))
    assert limits(session) == [8]


def test_a_rule_that_rests_in_an_experiment_is_taken(
    two: Session, imported: Callable[..., object]
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 99")
    experiments.start(two, FIVE, ExperimentRequest(weeks=8))
    rules.switch(two, FIVE, active=False)
    with pytest.raises(Conflict, match=TAKEN):
        rules.add(two, FIVE, {"limit": 5})
    assert rules.switch(two, FIVE, active=True).state == "active"


def test_an_edit_and_a_rollback_that_make_no_promise_are_refused(session: Session) -> None:
    rules.add(session, "no_averaging_down", {"below": 5})
    with pytest.raises(InvalidParams, match="a price cannot fall by more than 100 %"):
        rules.edit(session, "no_averaging_down", {"below": 100}, Terms())
    floor = {"floor": "closed", "amount": 5, "locks_at": 0}
    rules.add(session, "max_drawdown", floor)
    with pytest.raises(InvalidParams, match="a static floor never rises"):
        rules.edit(session, "max_drawdown", {"floor": "static"}, Terms())


def test_other_words_for_the_same_promise_are_no_repetition(two: Session) -> None:
    assert rules.edit(two, SIX, {}, Terms(note="Six at most.")).rule.note == "Six at most."


@pytest.fixture
def later(session: Session) -> Callable[[float], Session]:
    """Return the session so many hours later; the machine ran all the time."""
    began = session.clock()

    def moved(hours: float) -> Session:
        ticks = Ticks("boot", round((1_000 + hours) * HOUR_US))
        return replace(session, clock=lambda: began + timedelta(hours=hours), ticks=lambda: ticks)

    return moved
