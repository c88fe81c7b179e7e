"""Many writers at once: what a reader sees, and what a naive reader would have missed.

Every writer also leaves its event in a naive outbox: a number from a sequence, taken before
the work as an INSERT at the top of a transaction takes it. Its reader asks for `number >
last`. That it loses events shows that this test could see a loss.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from threading import Event as Flag
from time import sleep

import psycopg
import pytest

from coach.engine.outbox.read import head
from coach.engine.outbox.wakes import wake
from coach.engine.outbox.write import emit
from coach.engine.relay.follow import follow
from coach.model.accounts import UserId
from coach.model.events import Event
from coach.model.notifications.events import DigestReady

WRITERS = 6
TRANSACTIONS = 30
LONGEST_WORK = 0.01  # seconds
Connect = Callable[[], psycopg.Connection]


@dataclass
class Exchange:
    """Writers and readers of one run, and what each of them saw."""

    connections: Connect
    users: list[UserId]
    now: datetime
    committed: dict[UserId, list[str]] = field(default_factory=dict)
    naively_read: list[str] = field(default_factory=list)
    naively_passed: Flag = field(default_factory=Flag)
    over: Flag = field(default_factory=Flag)
    too_late: Flag = field(default_factory=Flag)

    def write(self, seed: int) -> None:
        """Write many transactions, some slow, some rolled back, with a clock that jitters."""
        chance, connection = Random(seed), self.connections()
        for number in range(TRANSACTIONS):
            users = chance.sample(self.users, chance.randint(1, len(self.users)))
            mark, fails = f"{seed}-{number}", chance.random() < 0.15
            with connection.transaction(force_rollback=fails):
                self._naive_insert(connection, mark)
                sleep(chance.random() * LONGEST_WORK)
                self._emit(connection, users, mark, self.now + chance.random() * timedelta(1))
                sleep(chance.random() * LONGEST_WORK / 10)
            if not fails:
                self._note(users, mark)
            if chance.random() < 0.5:
                wake(connection, users)

    def straggle(self) -> None:
        """Take a number early, and commit only when the naive reader is past it."""
        connection = self.connections()
        with connection.transaction():
            self._naive_insert(connection, "straggler")
            self.naively_passed.wait(60)
            self._emit(connection, self.users, "straggler", self.now)
        self._note(self.users, "straggler")

    def read_naively(self) -> None:
        """Ask for numbers above the last one seen, until all is over."""
        connection, last = self.connections(), 0
        while True:
            done = self.over.is_set()
            query = "select number, mark from naive where number > %s order by number"
            for number, mark in connection.execute(query, (last,)).fetchall():
                last = number
                self.naively_read.append(mark)
                self.naively_passed.set()
            if done:
                return
            sleep(0.002)

    def read(self, user_id: UserId) -> list[Event]:
        """Follow one user until all is over and the last event is there, or it is too late."""
        connection, seen = self.connections(), list[Event]()

        def complete() -> bool:
            at_the_end = self.over.is_set() and head(connection, user_id).head == len(seen)
            return at_the_end or self.too_late.is_set()

        for event in follow(self.connections, user_id, None, complete, 0.02):
            seen.append(event)
        return seen

    def _emit(
        self, connection: psycopg.Connection, users: list[UserId], mark: str, now: datetime
    ) -> None:
        emit(connection, {user: [DigestReady(week="2026-W10", sha256=mark)] for user in users}, now)

    def _note(self, users: list[UserId], mark: str) -> None:
        for user in users:
            self.committed[user].append(mark)

    @staticmethod
    def _naive_insert(connection: psycopg.Connection, mark: str) -> None:
        connection.execute("insert into naive (mark) values (%s)", (mark,))


@pytest.fixture
def exchange(connections: Connect, alice: UserId, bob: UserId, now: datetime) -> Exchange:
    """Run everyone to the end."""
    connections().execute(
        "create table naive (number bigint generated always as identity, mark text not null)"
    )
    users = [alice, bob]
    return Exchange(connections, users, now, {user: [] for user in users})


def run(exchange: Exchange) -> dict[UserId, list[Event]]:
    with ThreadPoolExecutor(WRITERS + len(exchange.users) + 2) as pool:
        readers = {user: pool.submit(exchange.read, user) for user in exchange.users}
        naive = pool.submit(exchange.read_naively)
        writers = [pool.submit(exchange.write, seed) for seed in range(WRITERS)]
        try:
            for writer in (pool.submit(exchange.straggle), *writers):
                writer.result(60)
        finally:
            exchange.over.set()
        wait([naive], timeout=60)
        wait(readers.values(), timeout=60)
        exchange.too_late.set()
        return {user: reader.result() for user, reader in readers.items()}


def test_no_event_is_lost_doubled_or_turned_around_and_a_naive_reader_loses_some(
    exchange: Exchange,
) -> None:
    for user, events in run(exchange).items():
        marks = Counter(event.payload["sha256"] for event in events)
        assert marks == Counter(exchange.committed[user])
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.id for event in events] == sorted(event.id for event in events)
    everyone = {mark for marks in exchange.committed.values() for mark in marks}
    assert everyone - set(exchange.naively_read)
