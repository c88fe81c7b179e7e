"""Keeping the entries and balances that an import tells, each split and new name once."""

from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.engine.history.departed import departed
from coach.engine.imports.overlaps.told_twice import count_told_once
from coach.engine.imports.read import ImportTally
from coach.engine.store import movements
from coach.engine.store.entries import balance_readings, stated_balances
from coach.engine.store.fills import RunTarget


def keep_entries(
    connection: Connection[Any], shelf: RunTarget, tally: ImportTally, read_at: datetime | None
) -> tuple[bool, list[str]]:
    """Keep entries and balances; return whether by them other open positions are over.

    Of balances that a broker was asked for at once (`read_at`) those are kept that changed. The
    second value is what to say of entries that another import tells, too: with fills alone, which
    balance a split without a ratio found may be another.
    """
    balances = tally.balances
    if read_at is not None and balances:
        balances = balance_readings.begin(connection, shelf, read_at, balances)
    stated_balances.add(connection, shelf, balances)
    whose = (shelf.user_id, shelf.account_id, shelf.run_n)
    if not tally.movements:
        return False, count_told_once(connection, *whose)
    before = departed(connection, shelf.user_id)
    movements.add(connection, shelf, tally.movements)
    said = count_told_once(connection, *whose)
    return departed(connection, shelf.user_id) != before, said
