"""A follower with a name: what it acknowledges is kept, and it goes on from there."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from math import inf
from threading import Event as Flag
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest

from coach.engine.outbox import devices
from coach.engine.outbox.epochs import renew
from coach.engine.outbox.read import head
from coach.engine.outbox.write import emit
from coach.engine.relay.devices import EVERY_S, DeviceCursor
from coach.engine.relay.follow import follow_over
from coach.engine.relay.readers import Readers
from coach.engine.relay.tail import Tail
from coach.errors import DatabaseTrouble, EventsReplaced
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

Connect = Callable[[], psycopg.Connection]


def commit(connection: psycopg.Connection, user_id: UserId, now: datetime, count: int) -> str:
    with connection.transaction():
        emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")] * count}, now)
    return head(connection, user_id).epoch


def test_a_device_goes_on_where_it_acknowledged(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, 5)
    with Tail(connections, 0.01) as tail:
        cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
        came = follow_over(tail, alice, None, lambda: False, cursor)
        assert [event.seq for event in islice(came, 3)] == [1, 2, 3]
        came.close()
    # The third was handed over and nobody asked for a fourth: it may not have been used.
    assert [one.seq for one in devices.positions(connection, alice)] == [2]
    with Tail(connections, 0.01) as tail:
        cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
        came = follow_over(tail, alice, None, lambda: False, cursor)
        assert [event.seq for event in islice(came, 3)] == [3, 4, 5]
        came.close()


def test_who_stops_after_an_event_has_acknowledged_it(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, 5)
    left = [3]
    with Tail(connections, 0.01) as tail:
        cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
        for _ in follow_over(tail, alice, None, lambda: not left[0], cursor):
            left[0] -= 1
    assert [one.seq for one in devices.positions(connection, alice)] == [3]


def test_the_last_position_is_written_although_nothing_more_comes(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, 3)
    over = Flag()
    with Tail(connections, 0.01) as tail:
        cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
        came = follow_over(tail, alice, None, over.is_set, cursor)
        reader = Thread(target=lambda: list(came))
        reader.start()
        deadline = monotonic() + 60
        while [one.seq for one in devices.positions(connection, alice)] != [3]:
            assert monotonic() < deadline, "it was never written"
            sleep(0.05)
        over.set()
        reader.join()


def test_an_id_goes_before_the_position_and_takes_nothing_back(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 5)
    devices.acknowledge(connection, alice, "phone", (epoch, 4), now)
    with connection.transaction():
        event_id = emit(connection, {alice: [DigestReady(week="2026-W10", sha256="")]}, now)[0]
    commit(connection, alice, now, 2)
    with Tail(connections, 0.01) as tail:
        cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
        came = follow_over(tail, alice, event_id, lambda: False, cursor)
        assert [event.seq for event in islice(came, 2)] == [7, 8]
        came.close()
    assert [one.seq for one in devices.positions(connection, alice)] == [7]


def test_after_a_new_epoch_a_device_says_so_until_it_is_forgotten(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 5)
    devices.acknowledge(connection, alice, "phone", (epoch, 4), now)
    renew(connection)

    def first() -> int:
        with Tail(connections, 0.01) as tail:
            cursor = DeviceCursor(tail.readers, alice, "phone", lambda: now)
            came = follow_over(tail, alice, None, lambda: False, cursor)
            try:
                return next(came).seq
            finally:
                came.close()

    with pytest.raises(EventsReplaced, match="epoch") as refused:
        first()
    assert refused.value.remedy == "forget_device"
    devices.forget(connection, alice, "phone")
    assert first() == 1


def test_a_position_is_written_at_most_once_a_second_and_at_the_end(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 9)
    readers = Readers(connections)
    cursor = DeviceCursor(readers, alice, "phone", lambda: now)
    kept = []
    for seq, ticks in enumerate((0.0, 0.1, 0.9, EVERY_S, 1.5, 1.9), 1):
        cursor.ack(epoch, seq)
        cursor.flush(ticks)
        kept.append(devices.positions(connection, alice)[0].seq)
    assert kept == [1, 1, 1, 4, 4, 4]
    cursor.flush(2.1)
    assert devices.positions(connection, alice)[0].seq == 6
    cursor.ack(epoch, 7)
    cursor.close()
    assert devices.positions(connection, alice)[0].seq == 7
    readers.close_idle(-inf)


def test_a_database_that_is_away_delays_a_position(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 9)
    away = [True]

    def connect() -> psycopg.Connection:
        if away[0]:
            raise DatabaseTrouble(what="gone")
        return connections()

    cursor = DeviceCursor(Readers(connect), alice, "phone", lambda: now)
    cursor.ack(epoch, 4)
    cursor.flush(0)
    away[0] = False
    cursor.flush(EVERY_S)
    assert devices.positions(connection, alice)[0].seq == 4
