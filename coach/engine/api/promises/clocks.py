"""What the clocks say in a session, and until when by the wall clock a change of a rule waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coach.engine.api.session import Session
from coach.engine.promises import clocks
from coach.engine.rules.steady import ClockObservation, ClockReading
from coach.engine.store.promises import revisions
from coach.model.promises.rule_events import RuleWaiting
from coach.model.rules import PendingChange


def read_clocks(session: Session) -> ClockReading:
    """Return the reading of this machine's clocks."""
    return ClockReading(session.clock(), session.ticks() if session.ticks else None)


def look_at_clocks(session: Session) -> ClockObservation:
    """Return the steady time beside the wall clock; nothing is remembered."""
    return clocks.look(session.connection, session.user.id, read_clocks(session))


def latest_time(session: Session) -> datetime:
    """Return the wall time, or the steady time where that is later: the wall clock was set back."""
    return max(session.clock(), look_at_clocks(session).steady)


def pending_changes(session: Session) -> list[PendingChange]:
    """Return the changes of rules that locks hold back; times are those of the wall clock."""
    return on_the_wall(session, revisions.waiting(session.connection, session.user.id))


def on_the_wall(session: Session, found: Sequence[PendingChange]) -> list[PendingChange]:
    """Return changes with the times that the wall clock showed, or will show."""
    if not found:
        return []
    seen = look_at_clocks(session)
    return [
        replace(one, asked_at=seen.on_the_wall(one.asked_at), due_at=seen.on_the_wall(one.due_at))
        for one in found
    ]


def waits(session: Session, held_back: PendingChange) -> RuleWaiting:
    """Return the event of a change that a lock holds back, with the time of the wall clock."""
    [on_wall] = on_the_wall(session, [held_back])
    return RuleWaiting(rule_id=held_back.rule.id, until=on_wall.due_at)
