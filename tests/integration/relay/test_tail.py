"""One connection for all followers of a process, and how it finds out that it is deaf."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest

from coach.engine.outbox.read import head
from coach.engine.outbox.wakes import wake
from coach.engine.outbox.write import emit
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.tail import Tail
from coach.engine.store.connect import CoachConnection
from coach.model.accounts import UserId
from coach.model.events import StreamHead
from coach.model.notifications.events import DigestReady
from tests.chaos.mutants import tail_type

Connect = Callable[[], psycopg.Connection]
LONG_S = 60.0
NOTHING = StreamHead("", 1, 0)


class DeafConnection(CoachConnection):
    """A connection that leaves out what it should say about notifications."""

    deaf_to = ""

    def execute(self, query: Any, *more: Any, **named: Any) -> Any:  # noqa: ANN401 -- as it is
        if self.deaf_to in str(query):
            return super().execute("select 1")
        return super().execute(query, *more, **named)


class Counted:
    """Connections that were opened, the first of which may be deaf."""

    def __init__(self, connections: Connect, deaf_to: str = "") -> None:
        self._connections = connections
        self._deaf_to = deaf_to
        self.opened: list[psycopg.Connection] = []

    def __call__(self) -> psycopg.Connection:
        made = self._connections()
        if self._deaf_to and not self.opened:
            made.__class__ = type("Deaf", (DeafConnection,), {"deaf_to": self._deaf_to})
        self.opened.append(made)
        return made


def commit(connection: psycopg.Connection, user_id: UserId, now: datetime) -> int:
    with connection.transaction():
        emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")]}, now)
    return head(connection, user_id).head


def arrives(box: Mailbox, seq: int, patience_s: float = 60.0) -> None:
    deadline = monotonic() + patience_s
    there = box.there
    while there.head < seq:
        assert monotonic() < deadline, "it never came"
        there = box.wait(there, 1.0)
    assert box.read(seq - 1, 1)[0].seq == seq


@contextmanager
def tail(connect: Counted, pause_s: float = LONG_S) -> Iterator[Tail]:
    with Tail(connect, pause_s) as made:
        while not connect.opened:
            sleep(0.01)
        yield made


def test_many_followers_of_many_users_share_one_connection(
    connection: psycopg.Connection, connections: Connect, alice: UserId, bob: UserId, now: datetime
) -> None:
    connect = Counted(connections)
    with tail(connect, 0.01) as one, one.following(alice, NOTHING) as first:
        with one.following(alice, NOTHING) as second, one.following(bob, NOTHING) as other:
            assert first is second is not other
            arrives(second, commit(connection, alice, now))
            arrives(other, commit(connection, bob, now))
        arrives(first, commit(connection, alice, now))
    assert len(connect.opened) == 1


def test_a_follower_that_comes_after_a_restore_shares_nothing_from_before(
    connections: Connect, alice: UserId
) -> None:
    one = Tail(connections)
    before, after = StreamHead("before", 1, 9), StreamHead("after", 1, 5)
    with one.following(alice, before) as box, one.following(alice, after) as same:
        assert same is box
        assert (box.there, box.read(5, 1)) == (after, [])


@pytest.mark.parametrize("deaf_to", ["listen coach_wake", "pg_notify"])
def test_a_connection_that_hears_nothing_is_made_again(
    connections: Connect,
    alice: UserId,
    now: datetime,
    deaf_to: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = connections()
    limits = ["CHECK_S"] if deaf_to != "pg_notify" else ["CHECK_S", "ECHO_S", "ECHO_PATIENCE_S"]
    for name in limits:
        monkeypatch.setattr(f"coach.engine.relay.tail.{name}", 0.05)
    connect = Counted(connections, deaf_to)
    with tail(connect) as one, one.following(alice, NOTHING) as box:
        seq = commit(connection, alice, now)
        deadline = monotonic() + 60
        while len(connect.opened) < 2:
            assert monotonic() < deadline
            sleep(0.01)
        wake(connection, [alice])
        arrives(box, seq)


def test_after_a_new_connection_all_that_is_followed_is_looked_at_without_a_hint(
    connection: psycopg.Connection,
    connections: Connect,
    alice: UserId,
    bob: UserId,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coach.engine.relay.tail.CHECK_S", 3600)  # nothing is found by the clock
    connect = Counted(connections)
    with (
        tail(connect, 3600) as one,
        one.following(alice, NOTHING) as box,
        one.following(bob, NOTHING) as other,
    ):
        last = [commit(connection, user, now) for user in (alice, bob)]
        connection.execute("select pg_terminate_backend(%s)", (connect.opened[0].info.backend_pid,))
        arrives(box, last[0])
        arrives(other, last[1])
    assert len(connect.opened) == 2


def test_a_connection_that_stands_still_is_given_up(
    connection: psycopg.Connection,
    connections: Connect,
    alice: UserId,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coach.engine.relay.tail.SILENT_S", 0.3)
    connect = Counted(connections)
    with tail(connect, 0.01) as one, one.following(alice, NOTHING) as box:
        arrives(box, commit(connection, alice, now))
        stopped = connect.opened[0].info.backend_pid
        os.kill(stopped, signal.SIGSTOP)
        try:
            seq = commit(connection, alice, now)
            deadline = monotonic() + 60
            while box.there.head < seq:
                assert monotonic() < deadline
                one.break_if_silent()
                sleep(0.05)
        finally:
            os.kill(stopped, signal.SIGCONT)
    assert len(connect.opened) == 2


@pytest.mark.parametrize(("mutant", "patience_s"), [("", 60.0), ("M4", 1.0)])
def test_a_lost_connection_is_found_and_so_is_a_tail_that_never_listens_again(
    connection: psycopg.Connection,
    connections: Connect,
    alice: UserId,
    now: datetime,
    mutant: str,
    patience_s: float,
) -> None:
    connect = Counted(connections)
    with tail_type(mutant)(connect, 0.01) as one, one.following(alice, NOTHING) as box:
        arrives(box, commit(connection, alice, now))
        connection.execute(
            "select pg_terminate_backend(%s, 60000)", [connect.opened[0].info.backend_pid]
        )
        seq = commit(connection, alice, now)
        wake(connection, [alice])
        with pytest.raises(AssertionError, match="never came") if mutant else nullcontext():
            arrives(box, seq, patience_s)


def test_events_that_nobody_announced_are_counted_and_announced_ones_are_not(
    connections: Connect, connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    with tail(Counted(connections), 0.05) as made, made.following(alice, NOTHING) as box:
        with connection.transaction():
            emit(connection, {alice: [DigestReady(week="2026-W10", sha256="")]}, now)
            wake(connection, [alice])
        arrives(box, 1)
        arrives(box, commit(connection, alice, now))
        deadline = monotonic() + LONG_S
        while not made.announced.unannounced:
            assert monotonic() < deadline, "nobody missed the notification"
            sleep(0.05)
    assert (made.announced.events, made.announced.unannounced) == (2, 1)
