"""Reading events: what came after an id, and what comes.

A reader's place is a sequence number of its user, which has no gaps, so reading on from
there misses nothing. Notifications only shorten the wait: a reader looks by itself as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg

from coach.engine.outbox.ids import EventPlace, place
from coach.errors import Invalid
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, EventType, StreamHead
from coach.remedies import Field

PAGE = 200
BEGINNING = EventPlace(datetime(1970, 1, 1, tzinfo=UTC), 0)

COLUMNS = """
id, seq, type, v, ts, payload,
(select s.epoch from user_stream s where s.user_id = event_outbox.user_id)
"""
# The time only spares the months before the reader's place; the sequence decides.
AFTER = f"""
select {COLUMNS} from event_outbox
where user_id = %s and seq > %s and ts >= %s
order by seq
limit %s
"""  # noqa: S608 -- constant text
CHOSEN = f"""
select {COLUMNS} from event_outbox
where user_id = %s and seq > %s and ts >= %s
  and seq <= %s and ts < %s and type = any(coalesce(%s, array[type]))
order by seq
limit %s
"""  # noqa: S608 -- constant text
NEWEST = f"""
select {COLUMNS} from event_outbox
where user_id = %(user)s and seq > (
  select s.last_seq from user_stream s where s.user_id = %(user)s) - %(count)s
order by seq
"""  # noqa: S608 -- constant text
OLDEST = "select seq from event_outbox where user_id = %s order by ts, seq limit 1"
KNOWN = "select 1 from event_outbox where user_id = %s and id = %s and ts = %s"
FLOOR = """
coalesce((select e.seq from event_outbox e where e.user_id = s.user_id order by e.seq limit 1),
         s.last_seq + 1)
"""
HEAD = f"select s.epoch, {FLOOR}, s.last_seq from user_stream s where s.user_id = %s"  # noqa: S608 -- constant text
# One statement for all users who have news. It gives a user's events only where they go on from
# what is known, and are not too many.
CHANGED = f"""
select s.user_id, s.epoch, {FLOOR}, s.last_seq, e.id, e.seq, e.type, e.v, e.ts, e.payload
from unnest(%s::text[], %s::bigint[], %s::text[]) as known (user_id, head, epoch)
join user_stream s on s.user_id = known.user_id
left join lateral (
  select id, seq, type, v, ts, payload from event_outbox
  where user_id = s.user_id and seq > known.head and seq <= s.last_seq
    and s.last_seq - known.head <= %s and known.epoch in (s.epoch, '')
  order by seq
) e on true
where s.last_seq <> known.head or s.epoch <> known.epoch
order by s.user_id, e.seq
"""  # noqa: S608 -- constant text
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


@dataclass(frozen=True, slots=True)
class EventNews:
    """What is there now of a user's events, with the last of them up to it."""

    user_id: UserId
    there: StreamHead
    events: list[Event]


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


def head(connection: psycopg.Connection, user_id: UserId) -> StreamHead:
    """Return what is kept of the user's events."""
    row = connection.execute(HEAD, [user_id]).fetchone()
    return StreamHead("", 1, 0) if row is None else StreamHead(*row)


def news(
    connection: psycopg.Connection, known: Mapping[UserId, StreamHead], most: int
) -> Iterator[EventNews]:
    """Yield for each user what is there, where that is something else than what is known.

    With it come the events since then; none where they are more than `most`, or of another epoch.
    """
    seen = [(user, one.head, one.epoch) for user, one in known.items()]
    columns = [list(column) for column in zip(*seen, strict=True)]
    rows = connection.execute(CHANGED, (*columns, most)).fetchall()
    for (user, *now), own in groupby(rows, key=itemgetter(0, 1, 2, 3)):
        user_id, there = UserId(user), StreamHead(*now)
        events = [(*row[4:], there.epoch) for row in own if row[4] is not None]
        yield EventNews(user_id, there, list(_events(user_id, events)))


def page(connection: psycopg.Connection, user_id: UserId, after: int, limit: int) -> list[Event]:
    """Return up to `limit` of the user's events after that number, in order."""
    if limit <= 0:
        return []
    rows = connection.execute(AFTER, (user_id, after, BEGINNING.ts, limit)).fetchall()
    return list(_events(user_id, rows))


def newest(connection: psycopg.Connection, user_id: UserId, count: int) -> list[Event]:
    """Return the user's newest events, so many at most, in order."""
    rows = connection.execute(NEWEST, {"user": user_id, "count": count}).fetchall()
    return list(_events(user_id, rows))


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


def named(
    connection: psycopg.Connection, user_id: UserId, event_id: str
) -> tuple[int, bool] | None:
    """Return the number that an id names, and whether the user has that event; None for no id."""
    found = place(event_id)
    if found is None:
        return None
    row = connection.execute(KNOWN, (user_id, event_id.upper(), found.ts)).fetchone()
    return found.seq, row is not None


def _events(user_id: UserId, rows: Sequence[tuple[Any, ...]]) -> Iterator[Event]:
    for event_id, seq, kind, v, ts, payload, epoch in rows:
        yield Event(EventId(event_id), user_id, seq, kind, v, ts, payload, epoch)
