"""What every screen shows of the guard stands as long as it is true, and no longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from coach.engine.api.promises import labels, rules
from coach.engine.api.session import Session
from coach.engine.api.watch.guard import GuardLine, guard_state
from coach.views.watch.guard import guard
from tests.integration.engine.watch.conftest import Fill, SharedClock, Watching

RULE = "cooldown_after_loss"


@pytest.fixture
def broken(
    session: Session,
    connected: str,
    watching: Callable[..., Watching],
    fill: Fill,
    clock: SharedClock,
) -> GuardLine:
    """Break a rule: an entry five seconds after a loss; return the warning."""
    rules.add(session, RULE, {"minutes": 30})
    for side, price in (("BUY", "60000"), ("SELL", "50000"), ("BUY", "50000")):
        clock.forward(session, seconds=5)
        fill(side, price)
    watching(accounts=(connected,), once=True).rest()
    return only(session, "breach")


def only(session: Session, kind: str) -> GuardLine:
    [found] = [one for one in guard_state(session).lines if one.kind == kind]
    return found


def kinds(session: Session) -> list[str]:
    return [one.kind for one in guard_state(session).lines]


def test_a_breach_is_a_warning_and_its_pause_runs(
    session: Session, broken: GuardLine, clock: SharedClock
) -> None:
    assert broken.sentence.startswith(f"{RULE}: entered 5 s after a loss")
    pause = only(session, "pause")
    assert (pause.until - pause.since, pause.since) == (
        timedelta(minutes=30),
        clock.moment - timedelta(seconds=5),
    )


def test_each_line_is_said_in_the_words_of_every_screen(
    session: Session, broken: GuardLine
) -> None:
    told = [one["told"] for one in guard(guard_state(session), "Europe/Berlin")["lines"]]
    assert told == [f"RULE BROKEN  {broken.sentence}", f"{RULE}: pause until 14:30"]


@pytest.mark.usefixtures("broken")
def test_a_warning_goes_after_ten_minutes_and_a_pause_when_it_is_over(
    session: Session, clock: SharedClock
) -> None:
    clock.forward(session, minutes=9)
    assert kinds(session) == ["breach", "pause"]
    clock.forward(session, minutes=2)
    assert kinds(session) == ["pause"]
    clock.forward(session, minutes=20)
    assert kinds(session) == []


@pytest.mark.usefixtures("broken")
def test_nothing_is_told_of_a_rule_that_is_paused_or_removed(session: Session) -> None:
    rules.set_active(session, RULE, active=False)
    assert kinds(session) == []
    rules.set_active(session, RULE, active=True)
    assert kinds(session) == ["breach", "pause"]
    rules.remove(session, RULE)
    assert kinds(session) == []


@pytest.mark.parametrize(("answer", "left"), [("yes", []), ("no", []), ("unsure", ["breach"])])
def test_who_answered_for_the_trade_is_warned_no_more(
    session: Session, broken: GuardLine, answer: str, left: list[str]
) -> None:
    labels.label(session, broken.trade_id, "revenge", answer)
    assert kinds(session) == [*left, "pause"]
