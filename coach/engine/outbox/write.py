"""Writing events, in the transaction that made them true.

The user's row in `user_stream` is locked from here to the commit, so a user's events are
numbered without a gap and in the order of commits. Hence the one rule: `emit` comes last.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from secrets import token_bytes

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from coach.engine.outbox.ids import RANDOM_BYTES, milliseconds, mint, time_of
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import EventId, Json, NewEvent
from coach.model.plain import plain

ADVANCE = """
insert into user_stream as stream (user_id, epoch, last_seq, last_ms)
values (%(user_id)s, %(epoch)s, %(events)s, %(ms)s)
on conflict (user_id) do update
  set last_seq = stream.last_seq + excluded.last_seq,
      last_ms = greatest(stream.last_ms, excluded.last_ms)
returning last_seq, last_ms
"""
INSERT = """
insert into event_outbox (user_id, id, seq, type, v, ts, payload)
select * from unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::smallint[],
                     %s::timestamptz[], %s::text[]::jsonb[])
"""


def emit(
    connection: psycopg.Connection,
    events: Mapping[UserId, Sequence[NewEvent]],
    now: datetime,
    token: Callable[[int], bytes] = token_bytes,
) -> list[EventId]:
    """Write events as the last statements before COMMIT; return their ids, users sorted."""
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise RuntimeError("an event is written in the transaction that made it true")
    # Users sorted: two transactions that tell the same users something cannot deadlock.
    rows = [
        row
        for user_id in sorted(events)
        if events[user_id]
        for row in _placed(connection, user_id, events[user_id], now, token)
    ]
    if rows:
        _insert(connection, rows)
    return [EventId(row[1]) for row in rows]


def payload(event: NewEvent) -> Json:
    """Return the fields of an event as JSON carries them."""
    return {field.name: plain(getattr(event, field.name)) for field in fields(event)}


_Row = tuple[str, str, int, str, int, datetime, str]


def _placed(
    connection: psycopg.Connection,
    user_id: UserId,
    events: Sequence[NewEvent],
    now: datetime,
    token: Callable[[int], bytes],
) -> list[_Row]:
    place = {
        "user_id": user_id,
        "epoch": token(8).hex(),
        "events": len(events),
        "ms": milliseconds(now),
    }
    last = connection.execute(ADVANCE, place).fetchone()
    assert last is not None
    last_seq, ms = last
    first = last_seq - len(events) + 1
    return [
        (
            user_id,
            mint(ms, seq, token(RANDOM_BYTES)),
            seq,
            event.type,
            event.v,
            time_of(ms),
            json.dumps(payload(event), ensure_ascii=False, allow_nan=False),
        )
        for seq, event in enumerate(events, first)
    ]


def _insert(connection: psycopg.Connection, rows: list[_Row]) -> None:
    try:
        connection.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
    except errors.CheckViolation as error:
        if error.diag.constraint_name:
            raise
        raise DatabaseTrouble(
            what=f"no month is open for events of {max(row[5] for row in rows):%Y-%m}",
            remedy="open_months",
        ) from error
