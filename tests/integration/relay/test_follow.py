"""Following events as they come."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from threading import Event as Flag
from threading import Thread
from time import sleep

import psycopg
import pytest

from coach.engine.outbox.epochs import renew
from coach.engine.outbox.read import PAGE, head
from coach.engine.outbox.retention import retire
from coach.engine.outbox.wakes import CHANNEL, wake
from coach.engine.outbox.write import emit
from coach.engine.relay.follow import _Follower, follow, follow_over
from coach.engine.relay.mailbox import KEPT, Mailbox
from coach.engine.relay.readers import MOST
from coach.engine.relay.stream import ResumePoint, StreamSession
from coach.engine.relay.tail import Tail
from coach.errors import DatabaseTrouble, EventsReplaced
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, StreamHead
from coach.model.notifications.events import DigestReady

Connect = Callable[[], psycopg.Connection]
A_LONG_PAUSE = 60.0


def commit(connection: psycopg.Connection, user_id: UserId, now: datetime) -> EventId:
    with connection.transaction():
        return emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")]}, now)[0]


def never() -> bool:
    return False


def test_what_is_there_comes_first_and_then_what_comes(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    old = [commit(connection, alice, now) for _ in range(2)]
    events = follow(connections, alice, old[0], never, 0.01)
    assert next(events).id == old[1]
    new = commit(connection, alice, now)
    assert next(events).id == new
    events.close()


def test_a_hint_ends_the_wait(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    seen: list[EventId] = []
    first = commit(connection, alice, now)
    events = follow(connections, alice, first, never, A_LONG_PAUSE)
    reader = Thread(target=lambda: seen.extend(event.id for event in islice(events, 1)))
    reader.start()
    new = commit(connection, alice, now)
    while reader.is_alive():
        wake(connection, [alice])
        reader.join(0.05)
    assert seen == [new]
    events.close()


def test_without_a_hint_the_reader_looks_by_itself(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    events = follow(connections, alice, None, never, 0.01)
    for _ in range(3):
        assert commit(connection, alice, now) == next(events).id
    events.close()


def test_a_cut_connection_loses_nothing(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    opened: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        opened.append(connections())
        return opened[-1]

    events = follow(connect, alice, None, never, 0.01)
    ids = [commit(connection, alice, now)]
    assert next(events).id == ids[0]
    before = len(opened)
    for one in opened:
        if not one.closed:
            connection.execute("select pg_terminate_backend(%s)", (one.info.backend_pid,))
    ids = [commit(connection, alice, now) for _ in range(3)]
    assert [event.id for event in islice(events, 3)] == ids
    while len(opened) == before:
        sleep(0.01)
    events.close()


def test_a_database_that_is_gone_ends_the_following(
    connection: psycopg.Connection,
    connections: Connect,
    alice: UserId,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[psycopg.Connection] = []
    gone = Flag()

    def connect() -> psycopg.Connection:
        if gone.is_set():
            raise DatabaseTrouble(what="gone")
        opened.append(connections())
        return opened[-1]

    commit(connection, alice, now)
    events = follow(connect, alice, None, never, 0.001)
    next(events)
    monkeypatch.setattr("coach.engine.relay.follow.PATIENCE_S", 0.0)
    gone.set()
    for one in opened:
        if not one.closed:
            connection.execute("select pg_terminate_backend(%s)", (one.info.backend_pid,))
    with pytest.raises(DatabaseTrouble, match="minute"):
        next(events)


def test_more_events_than_are_kept_at_hand_come_in_order_and_once(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    events = follow(connections, alice, None, never, 0.01)
    first = commit(connection, alice, now)
    assert next(events).id == first
    with connection.transaction():
        emit(connection, {alice: [DigestReady(week="2026-W10", sha256="")] * (KEPT + 90)}, now)
    last = commit(connection, alice, now)
    came = list(islice(events, KEPT + 91))
    assert [event.seq for event in came] == list(range(2, KEPT + 93))
    assert came[-1].id == last
    events.close()


def test_a_new_epoch_ends_the_following(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now)
    events = follow(connections, alice, None, never, 0.01)
    next(events)
    renew(connection)
    with pytest.raises(EventsReplaced, match="epoch"):
        next(events)


def test_a_page_of_another_epoch_is_not_taken_for_the_next_one(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    news = [DigestReady(week="2026-W10", sha256="")]
    with connection.transaction():
        emit(connection, {alice: news * (2 * PAGE)}, now)
    events = follow(connections, alice, None, never, A_LONG_PAUSE)
    assert [event.seq for event in islice(events, PAGE)] == list(range(1, PAGE + 1))
    with connection.transaction():  # back to where half a page was written, and on from there
        connection.execute("delete from event_outbox where seq > %s", [PAGE // 2])
        connection.execute("update user_stream set last_seq = %s", [PAGE // 2])
        renew(connection)
        emit(connection, {alice: news * PAGE}, now)
    with pytest.raises(EventsReplaced, match="epoch"):
        next(events)


def test_events_of_a_new_epoch_that_has_just_come_are_not_taken_for_the_next_ones(
    connections: Connect, alice: UserId, now: datetime
) -> None:
    before, after = StreamHead("before", 1, 1), StreamHead("after", 1, 2)
    stream, box = StreamSession(), Mailbox(before)
    stream.open(ResumePoint(1, known=True), before)
    follower = _Follower(Tail(connections), alice, stream, None)
    later = Event(EventId(""), alice, 2, "digest.ready", 1, now, {})
    box.put(after, [later])
    with pytest.raises(EventsReplaced, match="epoch"):
        next(follower.events(box, before, [], never))


def test_events_that_leave_before_they_were_read_end_the_following(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    later = now + timedelta(days=90)
    commit(connection, alice, now)
    events = follow(connections, alice, None, never, 0.01)
    next(events)
    with connection.transaction():
        emit(connection, {alice: [DigestReady(week="2026-W10", sha256="")] * (KEPT + 1)}, now)
    commit(connection, alice, later)
    retire(connection, later, 2)
    with pytest.raises(EventsReplaced, match="left"):
        next(events)


def test_following_stops_when_asked(connections: Connect, alice: UserId) -> None:
    asked = Flag()
    reader = Thread(target=lambda: list(follow(connections, alice, None, asked.is_set, 0.01)))
    reader.start()
    asked.set()
    reader.join(30)
    assert not reader.is_alive()


@pytest.mark.parametrize(("names", "note"), [(2, "u-alice,u-bob"), (2000, "*")])
def test_a_hint_fits_a_notification(
    connection: psycopg.Connection, connections: Connect, names: int, note: str
) -> None:
    listener = connections()
    listener.execute(f"listen {CHANNEL}")
    users = ["u-alice", "u-bob"] if names == 2 else [f"u-{number}" for number in range(names)]
    wake(connection, [UserId(user) for user in users])
    assert [told.payload for told in listener.notifies(timeout=60, stop_after=1)] == [note]


def test_followers_of_a_process_share_one_listener_and_a_few_readers(
    connection: psycopg.Connection, connections: Connect, alice: UserId, bob: UserId, now: datetime
) -> None:
    opened: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        opened.append(connections())
        return opened[-1]

    for user in (alice, bob):
        with connection.transaction():
            emit(connection, {user: [DigestReady(week="2026-W10", sha256="")] * 3}, now)

    def first_three(user: UserId) -> list[int]:
        events = follow_over(tail, user, None, never)
        seen = [event.seq for event in islice(events, 3)]
        events.close()
        return seen

    with Tail(connect, 0.01) as tail, ThreadPoolExecutor(20) as pool:
        assert list(pool.map(first_three, [alice, bob] * 10)) == [[1, 2, 3]] * 20
    assert len(opened) <= 1 + MOST


def test_who_comes_after_a_new_epoch_is_not_told_of_the_old_one_by_others(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now)
    with Tail(connections, A_LONG_PAUSE) as tail, tail.following(alice, head(connection, alice)):
        renew(connection)
        events = follow_over(tail, alice, None, never)
        assert next(events).seq == 1
        commit(connection, alice, now)
        wake(connection, [alice])
        assert next(events).seq == 2
        events.close()
