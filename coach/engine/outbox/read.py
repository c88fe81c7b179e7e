"""Reading events: what came after an id, and what comes.

A reader's place is a sequence number of its user, which has no gaps, so reading on from
there misses nothing. Notifications only shorten the wait: a reader looks by itself as well.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import psycopg

from coach.engine.outbox.ids import EventPlace, place
from coach.engine.outbox.write import CHANNEL
from coach.errors import DatabaseTrouble, Invalid
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, EventType
from coach.remedies import Field

PAGE = 200
PAUSE = 0.25  # seconds
PATIENCE = 60.0  # seconds without a database before a follower gives up
BEGINNING = EventPlace(datetime(1970, 1, 1, tzinfo=UTC), 0)

# The time only spares the months before the reader's place; the sequence decides.
AFTER = """
select id, seq, type, v, ts, payload from event_outbox
where user_id = %s and seq > %s and ts >= %s
order by seq
limit %s
"""
CHOSEN = """
select id, seq, type, v, ts, payload from event_outbox
where user_id = %s and seq > %s and ts >= %s
  and seq <= %s and ts < %s and type = any(coalesce(%s, array[type]))
order by seq
limit %s
"""
OLDEST = "select seq from event_outbox where user_id = %s order by ts, seq limit 1"
KNOWN = "select 1 from event_outbox where user_id = %s and id = %s and ts = %s"
LATEST = """
select id from event_outbox
where user_id = %(user_id)s
  and seq = (select last_seq from user_stream where user_id = %(user_id)s)
"""

LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
LAST_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True)
class EventChoice:
    """Which events are wanted: of these types (none: of all), `since` a moment, `until` before one.

    `last` is the last event that is wanted at all.
    """

    types: tuple[EventType, ...] = ()
    since: datetime = BEGINNING.ts
    until: datetime = LAST_MOMENT
    last: EventId | None = None


EVERYTHING = EventChoice()


@dataclass(slots=True)
class _EventReader:
    user_id: UserId
    place: EventPlace


def chosen(
    connection: psycopg.Connection, user_id: UserId, after: EventId | None, choice: EventChoice
) -> Iterator[Event]:
    """Yield the chosen ones of the user's events after this id, in order, up to now."""
    reader = _EventReader(user_id, start(connection, user_id, after))
    last = LAST_SEQ
    if choice.last is not None:
        last = start(connection, user_id, choice.last, "last_event").seq
    while True:
        moment = max(reader.place.ts, choice.since)
        begin = (user_id, reader.place.seq, moment, last, choice.until)
        rows = connection.execute(CHOSEN, (*begin, list(choice.types) or None, PAGE)).fetchall()
        for event in _events(user_id, rows):
            reader.place = EventPlace(event.ts, event.seq)
            yield event
        if len(rows) < PAGE:
            return


def latest(connection: psycopg.Connection, user_id: UserId) -> EventId | None:
    """Return the id of the user's last event."""
    row = connection.execute(LATEST, {"user_id": user_id}).fetchone()
    return None if row is None else EventId(row[0])


def follow(
    connect: Callable[[], psycopg.Connection],
    user_id: UserId,
    after: EventId | None,
    stop: Callable[[], bool],
    pause: float = PAUSE,
) -> Generator[Event, None, None]:
    """Yield the user's events after this id, and every later one as it comes, until `stop`.

    A lost connection is made again, and reading goes on where it was.
    """
    reader: _EventReader | None = None
    deadline = monotonic() + PATIENCE
    while not stop():
        try:
            with connect() as connection:
                reader = reader or _EventReader(user_id, start(connection, user_id, after))
                connection.execute(f"listen {CHANNEL}")
                deadline = monotonic() + PATIENCE
                yield from _live(connection, reader, stop, pause)
                deadline = monotonic() + PATIENCE
        except (psycopg.OperationalError, DatabaseTrouble) as error:
            if monotonic() > deadline:
                raise DatabaseTrouble(
                    what="it has not answered for a minute", remedy="look_closer"
                ) from error
            sleep(pause)


def start(
    connection: psycopg.Connection,
    user_id: UserId,
    after: EventId | None,
    field: Field = "event",
) -> EventPlace:
    """Return the place an id stands for; an id that is not this user's is a usage error."""
    if after is None:
        return BEGINNING
    found = place(after)
    if found is not None:
        known = connection.execute(KNOWN, (user_id, after.upper(), found.ts)).fetchone()
        if known is not None:
            return found
        oldest = connection.execute(OLDEST, [user_id]).fetchone()
        if oldest is not None and 0 < found.seq < oldest[0]:
            what = f"not {after!r}: events of that age are no longer kept"
            raise Invalid(field, what, "the id of an event", remedy="choose_event")
    raise Invalid(field, f"not {after!r}", "the id of an event", remedy="choose_event")


def _live(
    connection: psycopg.Connection, reader: _EventReader, stop: Callable[[], bool], pause: float
) -> Iterator[Event]:
    while not stop():
        events = _page(connection, reader.user_id, reader.place, PAGE)
        for event in events:
            reader.place = EventPlace(event.ts, event.seq)
            yield event
        if len(events) < PAGE:
            for _ in connection.notifies(timeout=pause, stop_after=1):
                pass


def _page(
    connection: psycopg.Connection, user_id: UserId, after: EventPlace, limit: int
) -> list[Event]:
    rows = connection.execute(AFTER, (user_id, after.seq, after.ts, limit)).fetchall()
    return list(_events(user_id, rows))


def _events(user_id: UserId, rows: Sequence[tuple[Any, ...]]) -> Iterator[Event]:
    for event_id, seq, kind, v, ts, payload in rows:
        yield Event(EventId(event_id), user_id, seq, kind, v, ts, payload)
