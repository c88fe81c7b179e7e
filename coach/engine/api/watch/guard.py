"""What a trader should see at once on every screen: a rule just broken, and a pause that runs.

A warning stands for ten minutes, and no longer than it is true: it goes when its rule is removed,
paused or over, when its trade is gone, and when the trader answered for the trade (`coach label`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from coach.engine.api import events
from coach.engine.api.session import Session
from coach.engine.api.watch.cooldowns import cooldowns
from coach.engine.api.watch.fresh import BREACHED, fresh_breaches
from coach.engine.outbox.read import EventChoice
from coach.engine.rules.refusals import in_force
from coach.engine.store.promises import labels, rules

WARNED = timedelta(minutes=10)
LIVES_BY = ("rule.", "import.done", "import.undone", "fill.", "label.")
"""The beginnings of the types of events after which it may be otherwise."""


@dataclass(frozen=True, slots=True)
class GuardLine:
    """A broken rule with its sentence and trade, or a pause; from when until when it is shown."""

    kind: Literal["breach", "pause"]
    rule_id: str
    since: datetime
    until: datetime
    trade_id: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class GuardState:
    """What is shown now: the newest breach that stands, and the pause that ends last."""

    at: datetime
    lines: tuple[GuardLine, ...]


def guard_state(session: Session) -> GuardState:
    """Return what is to be shown at this moment."""
    now = session.clock()
    breach = next(_standing(session, now), None)
    pauses = [GuardLine("pause", one.rule_id, one.since, one.until) for one in cooldowns(session)]
    last = max(pauses, key=lambda one: one.until, default=None)
    return GuardState(now, tuple(one for one in (breach, last) if one is not None))


def _standing(session: Session, now: datetime) -> Iterator[GuardLine]:
    """Yield the breaches that somebody is warned of now, the newest first."""
    choice = EventChoice(types=(BREACHED,), since=now - WARNED)
    told = list(events.every(session, None, choice))
    if not told:
        return
    kept = rules.rules(session.connection, session.user.id)
    held = {str(one.id) for one in kept if in_force(one, now)}
    given = labels.labels(session.connection, session.user.id)
    answered = {str(one.trade_id) for one in given if one.answer != "unsure"}
    for event in reversed(told):
        if event.payload["rule_id"] not in held:
            continue
        for one in reversed(fresh_breaches(session, event).fresh):
            if one.trade_id not in answered:
                until = event.ts + WARNED
                more = {"trade_id": one.trade_id, "sentence": one.sentence}
                yield GuardLine("breach", one.rule_id, event.ts, until, **more)
