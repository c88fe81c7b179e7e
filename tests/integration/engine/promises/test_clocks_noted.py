"""While a rule is locked each start notes the clocks: one row at most, and whole or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.api import upkeep
from coach.engine.api.promises import rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.promises import clocks
from coach.engine.rules.steady import ClockReading
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

HOUR = timedelta(hours=1)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
RULE = "max_trades_per_day"
LOCKED = Terms(lock_hours=24)

At = Callable[..., Session]


@pytest.fixture
def at(session: Session) -> At:
    """Return the session at so many hours after noon by the wall, and by the ticks."""

    def made(wall: float, ticks: float | None = None) -> Session:
        up = Ticks("one", round((wall if ticks is None else ticks) * HOUR_US))
        return replace(session, clock=lambda: NOON + wall * HOUR, ticks=lambda: up)

    return made


def start(session: Session) -> None:
    """Do what a process does first."""
    upkeep.do_what_is_due(session, None)


def written(session: Session) -> object:
    """Return which transaction wrote the look last, None for none."""
    return session.connection.execute("select xmin::text from steady_clock").fetchone()


def test_without_a_lock_nothing_is_noted(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3})
    start(at(1))
    assert written(at(1)) is None


def test_a_start_notes_the_clocks_once_and_not_again_within_a_minute(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    at_first = written(at(0))
    start(at(1))
    later = written(at(1))
    start(at(1 + 1 / 120))
    assert written(at(1)) == later != at_first


def test_a_clock_that_is_set_is_noted_at_once(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    start(at(1))
    before = written(at(1))
    start(at(50, 1 + 1 / 120))
    assert written(at(1)) != before


def test_a_look_at_a_rule_notes_nothing(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    rules.edit(at(0), RULE, {"limit": 9}, Terms())
    before = written(at(0))
    assert rules.view(at(20), RULE).waiting is not None
    assert written(at(0)) == before


def test_a_start_that_dies_while_it_changes_a_rule_leaves_that_to_the_next(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    rules.edit(at(0), RULE, {"limit": 9}, Terms())
    calls: list[None] = []

    def dies() -> datetime:
        """Stop in the middle: the look at the clocks is noted, the change is not made."""
        calls.append(None)
        if len(calls) > 4:
            raise KeyError
        return NOON + 25 * HOUR

    with pytest.raises(KeyError):
        start(replace(at(25), clock=dies))
    kept = rules.view(at(25), RULE)
    assert (kept.rule.params, kept.waiting is None) == ({"limit": 3}, False)
    start(at(25))
    assert rules.view(at(25), RULE).rule.params == {"limit": 9}


def test_a_look_that_another_process_took_later_is_left(at: At) -> None:
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    now = at(5)
    clocks.look_and_note(now.connection, now.user.id, rules.read_clocks(now))
    behind = ClockReading(NOON + 2 * HOUR, Ticks("two", 0))
    clocks.look_and_note(now.connection, now.user.id, behind)
    row = now.connection.execute("select steady from steady_clock").fetchone()
    assert row == (NOON + 5 * HOUR,)


def test_until_when_is_told_by_a_wall_clock_that_was_set(at: At) -> None:
    """The lock ends 24 hours after noon by the ticks, whatever the wall clock shows then."""
    rules.add(at(0), RULE, {"limit": 3}, LOCKED)
    rules.edit(at(0), RULE, {"limit": 9}, Terms())
    waiting = rules.view(at(30, 10), RULE).waiting
    assert waiting is not None
    assert waiting.due_at == NOON + 44 * HOUR
    gone = rules.remove(at(30, 10), RULE).waiting
    assert gone is not None
    assert gone.due_at == NOON + 54 * HOUR
