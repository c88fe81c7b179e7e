"""How many events a day brings each user: far more than trading makes come of a fault."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.rows import class_row

from coach.engine.outbox.ids import RANDOM_BYTES, milliseconds, mint
from coach.model.accounts import UserId

MARK = 10_000
"""Events a day, above which a user is looked at."""
# Ids begin with their moment, so the primary key leads to the events of the day.
TODAY = """
select user_id, count(*) as events, sum((count(*) > %s)::int) over () as users_above
  from event_outbox where id >= %s and ts >= %s
 group by user_id order by events desc, user_id limit %s
"""


@dataclass(frozen=True, slots=True)
class EventVolume:
    """The events of a user since midnight UTC; `users_above` have more than the mark."""

    user_id: UserId
    events: int
    users_above: int


def busiest_today(
    connection: psycopg.Connection, now: datetime, most: int, mark: int = MARK
) -> list[EventVolume]:
    """Return the users with the most events since midnight UTC, the busiest first."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = mint(milliseconds(day), 0, bytes(RANDOM_BYTES))
    with connection.cursor(row_factory=class_row(EventVolume)) as cursor:
        return cursor.execute(TODAY, [mark, first, day, most]).fetchall()
