"""The last look at the clocks, one row a user: the steady time that locks count goes on from it."""

from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.engine.rules.steady import ClockObservation
from coach.model.accounts import UserId

LAST = """
select clock_timestamp(), s.wall, s.steady, s.boot, s.ticks_us, s.database, s.ahead_us
  from (select) as one left join steady_clock s on s.user_id = %s
"""
NOTE = """
insert into steady_clock (user_id, wall, steady, boot, ticks_us, database, ahead_us)
values (%s, %s, %s, %s, %s, %s, %s)
on conflict (user_id) do update set wall = excluded.wall, steady = excluded.steady,
  boot = excluded.boot, ticks_us = excluded.ticks_us, database = excluded.database,
  ahead_us = excluded.ahead_us
where steady_clock.steady <= excluded.steady
"""


def last_observation(
    connection: Connection[Any], user_id: UserId
) -> tuple[datetime, ClockObservation | None]:
    """Return the time by the database's own clock, and the last look at the clocks."""
    row = connection.execute(LAST, [user_id]).fetchone()
    assert row is not None
    return row[0], None if row[1] is None else ClockObservation(*row[1:])


def note_observation(connection: Connection[Any], user_id: UserId, seen: ClockObservation) -> None:
    """Remember a look at the clocks; one that another process took later is left."""
    connection.execute(
        NOTE,
        [
            user_id,
            seen.wall,
            seen.steady,
            seen.boot,
            seen.ticks_us,
            seen.database,
            seen.ahead_us,
        ],
    )
