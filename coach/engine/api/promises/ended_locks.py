"""What locks held back, made when they end: changes of rules, of the zone and of an equity."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from coach.engine.api import users
from coach.engine.api.promises import pending_settings, plans, rules
from coach.engine.api.session import Session
from coach.engine.promises import pending_settings as held
from coach.engine.promises.clocks import look_and_note
from coach.errors import Locked, NotFound
from coach.model.rules import PendingSetting


def make_what_is_due(session: Session) -> Session:
    """Look at the clocks, make every change that is due, and return the session that goes on.

    A setting whose turn to draw conclusions another process has waits for the next start.
    """
    rules.apply_ended_locks(session)
    waiting = held.waiting(session.connection, session.user.id)
    if not waiting:
        return session
    now = look_and_note(session.connection, session.user.id, rules.read_clocks(session)).steady
    for one in waiting:
        if one.due_at <= now:
            with suppress(Locked):
                session = _made(session, one)
    return session


def _made(session: Session, one: PendingSetting) -> Session:
    if one.name == "zone":
        users.move(session, one.value, patience_s=0)
        return replace(session, user=replace(session.user, zone=one.value))
    try:
        plans.declare_equity(session, one.account, Decimal(one.value), patience_s=0)
    except NotFound:  # the account was removed
        pending_settings.drop(session, one.name, one.account)
    return session
