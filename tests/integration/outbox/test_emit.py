"""Writing events."""

from datetime import datetime, timedelta

import psycopg
import pytest

from coach.engine.outbox.ids import place
from coach.engine.outbox.write import emit
from coach.errors import DatabaseTrouble
from coach.model.accounts import RunId, UserId
from coach.model.bookkeeping.import_events import ImportProgress
from coach.model.events import EventId, NewEvent
from tests.events_read import since


def news(count: int = 1) -> list[NewEvent]:
    return [ImportProgress(run_id=RunId("r"), rows=row, of=None) for row in range(count)]


def commit(
    connection: psycopg.Connection, user_id: UserId, now: datetime, count: int = 1
) -> list[EventId]:
    with connection.transaction():
        return emit(connection, {user_id: news(count)}, now)


def test_a_users_events_are_numbered_from_one(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, count=2)
    commit(connection, alice, now)
    events = since(connection, alice, None, 10)
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.payload["rows"] for event in events] == [0, 1, 0]
    assert {event.ts for event in events} == {now}


def test_users_are_numbered_apart(
    connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    with connection.transaction():
        ids = emit(connection, {bob: news(), alice: news(2)}, now)
    assert [event.id for event in since(connection, alice, None, 10)] == ids[:2]
    assert [event.id for event in since(connection, bob, None, 10)] == ids[2:]


def test_an_id_says_its_time_and_its_number(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    ids = commit(connection, alice, now, count=3)
    places = [place(event_id) for event_id in ids]
    assert [(found.ts, found.seq) for found in places if found] == [(now, 1), (now, 2), (now, 3)]


def test_a_rolled_back_event_leaves_no_gap(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now)
    with connection.transaction(force_rollback=True):
        emit(connection, {alice: news(5)}, now)
    commit(connection, alice, now)
    assert [event.seq for event in since(connection, alice, None, 10)] == [1, 2]


def test_a_clock_that_goes_back_turns_no_order_around(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    for hours in (0, -48, -1, 1):
        commit(connection, alice, now + timedelta(hours=hours))
    events = since(connection, alice, None, 10)
    assert [event.id for event in events] == sorted(event.id for event in events)
    assert [event.ts - now for event in events] == [timedelta(0)] * 3 + [timedelta(hours=1)]


def test_events_go_on_over_the_edge_of_a_month(
    connection: psycopg.Connection, alice: UserId
) -> None:
    edge = datetime.fromisoformat("2026-04-01T00:00:00+00:00")
    for step in (-1, 0):
        commit(connection, alice, edge + timedelta(milliseconds=step))
    rows = connection.execute("select tableoid::regclass::text, seq from event_outbox order by seq")
    assert rows.fetchall() == [("event_outbox_2026_03", 1), ("event_outbox_2026_04", 2)]


def test_a_month_nobody_made_fails_loudly_and_changes_nothing(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    with pytest.raises(DatabaseTrouble, match="2027-03"):
        commit(connection, alice, now + timedelta(days=365))
    commit(connection, alice, now)
    assert [(event.seq, event.ts) for event in since(connection, alice, None, 10)] == [(1, now)]


def test_an_event_outside_a_transaction_is_a_mistake(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        emit(connection, {alice: news()}, now)


def test_nothing_to_tell_locks_nobody(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    with connection.transaction():
        assert emit(connection, {alice: []}, now) == []
    assert connection.execute("select count(*) from user_stream").fetchone() == (0,)


def test_an_id_that_belies_its_time_is_refused(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    (event_id,) = commit(connection, alice, now)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "insert into event_outbox select user_id, id, seq, type, v, ts + interval '1 second',"
            " payload from event_outbox where id = %s",
            (event_id,),
        )
