"""How many events a day brings each user: far more than trading makes come of a fault."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.rows import class_row

from coach.engine.outbox.ids import RANDOM_BYTES, milliseconds, mint
from coach.model.accounts import UserId

MARK = 10_000
"""Events a day, above which a user is looked at."""
# Ids begin with their moment, so the primary key leads to the events of a user's day; who has none
# since midnight is told by the stream.
TODAY = """
select s.user_id, today.events, sum((today.events > %s)::int) over () as users_above
  from user_stream s cross join lateral (
       select count(*) as events from event_outbox e
        where e.user_id = s.user_id and e.id >= %s and e.ts >= %s) today
 where s.last_ms >= %s and today.events > 0
 order by today.events desc, s.user_id limit %s
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
    began = milliseconds(day)
    first = mint(began, 0, bytes(RANDOM_BYTES))
    with connection.cursor(row_factory=class_row(EventVolume)) as cursor:
        return cursor.execute(TODAY, [mark, first, day, began, most]).fetchall()
