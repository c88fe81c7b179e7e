"""On which days there are fills: of a large record kept, and read back until an import or a mark.

Counting them reads every fill, which takes longer than all the rest of what coverage says.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from coach.engine.store import candles, fills
from coach.engine.store.results import kept_results
from coach.engine.store.results.kept_results import KeptResult
from coach.engine.store.single_fills import days as stored_days
from coach.engine.store.single_fills.days import DayOfFills
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import SCORED_AT_ONCE

if TYPE_CHECKING:
    from coach.engine.api.session import Session

NOUN, NAME, LAYOUT = "fill_days", "all", 1


def days_of_fills(session: Session, kept_above: int = SCORED_AT_ONCE) -> list[DayOfFills]:
    """Return each day of a symbol with fills, by the import that brought them.

    Those of a record of more than `kept_above` fills are kept.
    """
    connection, user = session.connection, session.user
    if not fills.more_than(connection, user.id, kept_above):
        return stored_days.days(connection, user.id, user.zone)
    inputs = _inputs(session)
    text = kept_results.find_body(connection, user.id, NOUN, NAME, inputs)
    if text is not None:
        return [_read(row) for row in json.loads(text)]
    found = stored_days.days(connection, user.id, user.zone)
    if not candles.in_transaction(connection):
        with unit_of_work(connection, user.id, session.clock):
            if _inputs(session) == inputs:
                body = json.dumps([[*one[:2], one.day.isoformat(), *one[3:]] for one in found])
                kept_results.keep(connection, user.id, KeptResult(NOUN, NAME, inputs, body))
    return found


def _inputs(session: Session) -> str:
    """Return the hash of all that the days follow from."""
    told = stored_days.imported(session.connection, session.user.id)
    return sha256(f"{LAYOUT} {session.user.zone} {told}".encode()).hexdigest()


def _read(row: list[object]) -> DayOfFills:
    account, symbol, day, *counts = row
    return DayOfFills._make([account, symbol, date.fromisoformat(str(day)), *counts])
