"""Any order of begin, write, commit, roll back and look delivers exactly what was committed.

A machine drives three writers and two readers of one database step by step, so that each order of
their steps can be made. A writer that has to wait for the lock of another waits in a thread.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coach.engine.outbox import read
from coach.engine.relay.mailbox import KEPT, Mailbox
from coach.engine.relay.stream import Hello, ResumePoint, StreamGap, StreamSession
from coach.model.accounts import UserId
from coach.model.events import Event, NewEvent, StreamHead
from coach.model.notifications.events import DigestReady
from tests.chaos.mutants import EMITTERS, SESSIONS, Emit

THEN = datetime.fromisoformat("2026-03-15T12:00:00+00:00")
WRITERS = 3
PATIENCE_S = 60.0
NUMBERS = count(1)
USERS = st.sets(st.integers(0, 1), min_size=1)


@dataclass(slots=True)
class OpenTransaction:
    """A transaction that has begun: what it will write, and whether it has, or waits to."""

    events: dict[UserId, list[NewEvent]]
    early: Any
    write: Future[None] | None = None
    waits_for: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Reader:
    """A follower that asks for news, or for a few events at a time."""

    user: UserId
    limit: int
    stream: StreamSession
    box: Mailbox = field(default_factory=lambda: Mailbox(StreamHead("", 1, 0)))
    seen: list[Event] = field(default_factory=list)

    def look(self, connection: psycopg.Connection) -> None:
        """Apply what is there to be had, as a relay hands it on."""
        for news in read.news(connection, {self.user: self.box.there}, KEPT):
            self.box.put(news.there, news.events)
        self.stream.look(self.box.there, 0.0)
        while self.stream.wanted() is not None and self.stream.sent < self.box.there.head:
            after = self.stream.sent
            found = self.box.read(after, self.limit) or read.page(
                connection, self.user, after, self.limit
            )
            taken = self.stream.take(found, 0.0)
            if not taken:
                return
            self.seen.extend(taken)
            self.stream.ack(self.stream.sent)


class Interleaving(RuleBasedStateMachine):
    """Writers and readers of two users, who are new in each example."""

    connections: ClassVar[list[psycopg.Connection]]
    emit: ClassVar[Emit] = Emit()
    session: ClassVar[type[StreamSession]] = StreamSession

    def __init__(self) -> None:
        super().__init__()
        self.reading, *self.writing = self.connections
        self.pool = ThreadPoolExecutor(WRITERS)
        self.users = [UserId(f"u-{next(NUMBERS)}") for _ in range(2)]
        for user in self.users:
            self.reading.execute("insert into app_user (id, name) values (%s, %s)", (user, user))
        self.open: dict[int, OpenTransaction] = {}
        self.committed: dict[UserId, list[str]] = {user: [] for user in self.users}
        self.readers = [
            Reader(user, limit, self._stream()) for user in self.users for limit in (2, KEPT)
        ]
        self.now = THEN

    def _stream(self) -> StreamSession:
        stream = self.session()
        hello = stream.open(ResumePoint(0, known=False), StreamHead("", 1, 0))
        assert isinstance(hello, Hello)
        return stream

    @precondition(lambda self: len(self.open) < WRITERS)
    @rule(chosen=USERS, events=st.integers(1, 3))
    def begin(self, chosen: set[int], events: int) -> None:
        written: dict[UserId, list[NewEvent]] = {
            self.users[user]: [
                DigestReady(week="2026-W11", sha256=f"{next(NUMBERS)}") for _ in range(events)
            ]
            for user in chosen
        }
        writer = min(set(range(WRITERS)) - self.open.keys())
        self.writing[writer].execute("begin")
        early = self.emit.before(self.writing[writer], written, self.now)
        self.open[writer] = OpenTransaction(written, early)

    @precondition(lambda self: self.unwritten())
    @rule(which=st.integers(0, WRITERS - 1))
    def write(self, which: int) -> None:
        """Write the events of a transaction; it may have to wait for one other."""
        candidates = self.unwritten()
        writer = candidates[which % len(candidates)]
        one = self.open[writer]
        one.write = self.pool.submit(
            self.emit.last, self.writing[writer], one.events, self.now, one.early
        )
        one.waits_for = {other for other in self.open if self._blocks(other, writer)}
        if not one.waits_for:
            one.write.result(PATIENCE_S)

    def unwritten(self) -> list[int]:
        """Return who may write now: two that wait for the same would go on in an unknown order."""
        waiting = [one for one in self.open.values() if one.waits_for]
        return [
            writer
            for writer, one in self.open.items()
            if one.write is None and not any(one.events.keys() & w.events.keys() for w in waiting)
        ]

    def _blocks(self, other: int, writer: int) -> bool:
        one, mine = self.open[other], self.open[writer]
        written = other != writer and one.write is not None
        return written and bool(one.events.keys() & mine.events.keys())

    @precondition(lambda self: self.written())
    @rule(which=st.integers(0, WRITERS - 1), keep=st.booleans())
    def end(self, which: int, keep: bool) -> None:
        candidates = self.written()
        writer = candidates[which % len(candidates)]
        one = self.open.pop(writer)
        self.writing[writer].execute("commit" if keep else "rollback")
        if keep:
            for user, events in one.events.items():
                texts = [event.sha256 for event in events if isinstance(event, DigestReady)]
                self.committed[user].extend(texts)
        for other in self.open.values():
            if other.write is not None and writer in other.waits_for:
                other.waits_for.remove(writer)
                if not other.waits_for:
                    other.write.result(PATIENCE_S)

    def written(self) -> list[int]:
        """Return the transactions that have written and can end."""
        return [w for w, one in self.open.items() if one.write is not None and not one.waits_for]

    @rule(passed=st.integers(-5000, 5000))
    def wait(self, passed: int) -> None:
        self.now += timedelta(milliseconds=passed)

    @rule(reader=st.integers(0, 3))
    def look(self, reader: int) -> None:
        one = self.readers[reader]
        one.look(self.reading)
        assert [event.payload["sha256"] for event in one.seen] == self.committed[one.user]

    @invariant()
    def everything_is_in_order(self) -> None:
        for one in self.readers:
            assert [event.seq for event in one.seen] == list(range(1, len(one.seen) + 1))
            assert [event.id for event in one.seen] == sorted(event.id for event in one.seen)

    def teardown(self) -> None:
        while self.written():
            self.end(0, keep=True)
        for writer in self.unwritten():
            self.writing[writer].execute("rollback")
        self.pool.shutdown()


@pytest.fixture
def machine(connections: Callable[[], psycopg.Connection]) -> type[Interleaving]:
    opened = [connections() for _ in range(1 + WRITERS)]
    return type("OnDatabase", (Interleaving,), {"connections": opened})


def test_any_interleaving_delivers_exactly_what_was_committed(machine: type[Interleaving]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=40))


@pytest.mark.parametrize("mutant", ["", "M1", "M2", "M9"])
def test_a_late_commit_finds_an_outbox_with_a_known_mistake(
    machine: type[Interleaving], mutant: str
) -> None:
    """The first to begin is the last to commit, a second later."""
    machine.emit = EMITTERS.get(mutant, Emit)()
    machine.session = SESSIONS.get(mutant, StreamSession)
    one = machine()
    one.begin({0}, 1)
    one.wait(1000)
    one.begin({0}, 1)
    with pytest.raises((AssertionError, StreamGap)) if mutant else nullcontext():
        for writer in (1, 0):
            one.write(writer)
            one.end(0, keep=True)
            one.look(0)
            one.everything_is_in_order()
    one.teardown()


def test_a_lock_that_is_held_on_one_user_holds_up_no_other(machine: type[Interleaving]) -> None:
    one = machine()
    one.begin({0}, 1)
    one.write(0)
    one.begin({1}, 2)
    one.write(0)
    one.end(1, keep=True)
    one.look(2)
    assert len(one.readers[2].seen) == 2
    one.teardown()
