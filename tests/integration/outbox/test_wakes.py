"""Hints to followers: outside transactions, one for what comes close together, none unsent."""

from collections.abc import Callable, Iterator
from datetime import datetime

import psycopg
import pytest

from coach.engine.outbox.notifier import Notifier
from coach.engine.outbox.wakes import CHANNEL, WINDOW_S, ConnectionWakes
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.unit_of_work import unit_of_work
from coach.errors import DatabaseTrouble
from coach.model.accounts import RunId, UserId
from coach.model.bookkeeping.import_events import ImportProgress

Connect = Callable[[], CoachConnection]


class Clock:
    """Ticks that go on when a test says so."""

    def __init__(self) -> None:
        self.ticks = 0.0

    def __call__(self) -> float:
        return self.ticks


@pytest.fixture
def listener(database_url: str) -> Iterator[CoachConnection]:
    with connect(database_url) as listening:
        listening.execute(f"listen {CHANNEL}")
        yield listening


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(database_url: str, clock: Clock) -> Iterator[CoachConnection]:
    with connect(database_url) as writing:
        writing.wakes = ConnectionWakes(clock)
        yield writing


def notes(listener: CoachConnection, marking: psycopg.Connection) -> list[str]:
    """Return what came up to now: whatever was sent is told before the mark."""
    marking.execute("select pg_notify(%s, 'mark')", [CHANNEL])
    found = []
    for note in listener.notifies(timeout=60):
        if note.payload == "mark":
            break
        found.append(note.payload)
    return found


def commit(writer: CoachConnection, user_id: UserId, now: datetime) -> None:
    with unit_of_work(writer, user_id, lambda: now) as events:
        events.append(ImportProgress(run_id=RunId("r"), rows=1, of=None))


def test_a_burst_of_commits_is_told_at_its_beginning_and_once_more_at_the_end(
    connection: psycopg.Connection,
    listener: CoachConnection,
    writer: CoachConnection,
    alice: UserId,
    bob: UserId,
    now: datetime,
) -> None:
    for user in [alice] + [alice, bob] * 20:
        commit(writer, user, now)
    assert notes(listener, connection) == [alice]
    writer.close()
    assert notes(listener, connection) == [f"{alice},{bob}"]


def test_commits_that_lie_apart_are_told_each(
    connection: psycopg.Connection,
    listener: CoachConnection,
    writer: CoachConnection,
    clock: Clock,
    alice: UserId,
    now: datetime,
) -> None:
    for _ in range(3):
        commit(writer, alice, now)
        clock.ticks += WINDOW_S
    assert notes(listener, connection) == [alice] * 3
    writer.close()
    assert notes(listener, connection) == []


def test_a_connection_that_ends_within_a_transaction_tells_nothing_more(
    connection: psycopg.Connection,
    listener: CoachConnection,
    writer: CoachConnection,
    alice: UserId,
    now: datetime,
) -> None:
    commit(writer, alice, now)
    commit(writer, alice, now)
    writer.execute("begin")
    writer.close()
    assert notes(listener, connection) == [alice]


def test_a_lost_connection_fails_no_commit_and_closes(
    connection: psycopg.Connection, writer: CoachConnection, alice: UserId, now: datetime
) -> None:
    commit(writer, alice, now)
    commit(writer, alice, now)
    connection.execute("select pg_terminate_backend(%s)", [writer.info.backend_pid])
    writer.close()
    assert writer.closed


def test_a_hint_leaves_the_session_as_it_was(
    writer: CoachConnection, alice: UserId, now: datetime
) -> None:
    writer.execute("set synchronous_commit = local")
    commit(writer, alice, now)
    assert writer.execute("show synchronous_commit").fetchone() == ("local",)


def test_one_notifier_tells_at_once_and_then_of_all_connections_together(
    connection: psycopg.Connection,
    connections: Connect,
    listener: CoachConnection,
    alice: UserId,
    bob: UserId,
    now: datetime,
) -> None:
    one, other = connections(), connections()
    with Notifier(connections, window_s=1.0) as notifier:
        for writing in (one, other):
            notifier.gather_from(writing)
        commit(one, alice, now)
        assert [note.payload for note in listener.notifies(timeout=60, stop_after=1)] == [alice]
        for writing, user in [(one, alice), (other, bob)] * 10:
            commit(writing, user, now)
    told = notes(listener, connection)
    assert set(",".join(told).split(",")) == {alice, bob}
    assert len(told) < 20


def test_a_notifier_without_a_database_leaves_hints_out(
    connections: Connect, alice: UserId, now: datetime
) -> None:
    def connect_nowhere() -> CoachConnection:
        raise DatabaseTrouble(what="gone")

    writing = connections()
    with Notifier(connect_nowhere) as notifier:
        notifier.gather_from(writing)
        for _ in range(3):
            commit(writing, alice, now)
    writing.close()
    assert writing.closed
