"""Looking at the clocks for a user's locks, and remembering what they said.

While a rule is locked every start of coach looks and writes one row at most: none where the last
look was within a minute and all clocks went on as they should. A start that dies before or after
that write leaves one whole look behind, and the next start goes on from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.engine.rules.steady import observe_clocks
from coach.engine.store.promises import steady_clock as store

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.engine.rules.steady import ClockObservation, ClockReading
    from coach.model.accounts import UserId


def look(connection: Connection[Any], user_id: UserId, reading: ClockReading) -> ClockObservation:
    """Look at the clocks, the database's among them, and remember nothing."""
    database, last = store.last_observation(connection, user_id)
    return observe_clocks(last, replace(reading, database=database))


def look_and_note(
    connection: Connection[Any], user_id: UserId, reading: ClockReading
) -> ClockObservation:
    """Look at the clocks, and remember the look where it tells anything new."""
    database, last = store.last_observation(connection, user_id)
    seen = observe_clocks(last, replace(reading, database=database))
    if not seen.adds_nothing(last):
        store.note_observation(connection, user_id, seen)
    return seen
