"""Commits per second with events, and what telling followers of each costs, in one run.

    .venv/bin/python -m bench.wakes [SECONDS] [--writers N] [--rounds N]      # default: 1, 16, 9

A server of coach's own with fsync, so many writers with a connection and a user each, two
listeners. Each commit writes one event; rounds of all ways take turns. Printed are the medians and
their ratios to writers that tell nobody.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import monotonic

from coach.engine.outbox import partitions
from coach.engine.outbox.notifier import Notifier
from coach.engine.outbox.wakes import CHANNEL, wake_soon
from coach.engine.outbox.write import emit
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store import migrate
from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

NOW = datetime.now(UTC)
NOTE = "select pg_notify(%s, %s)"
WAYS = ("nobody", "in the transaction", "after each, flushed", "gathered", "one notifier")


def commit(connection: CoachConnection, user: UserId, way: str) -> None:
    """Write one event, and tell of it in that way."""
    with connection.transaction():
        emit(connection, {user: [DigestReady(week="2026-W10", sha256="")]}, NOW)
        if way == "in the transaction":
            connection.execute(NOTE, (CHANNEL, user))
    if way == "after each, flushed":
        connection.execute(NOTE, (CHANNEL, user))
    elif way in {"gathered", "one notifier"}:
        wake_soon(connection, [user])


def write(url: str, user: UserId, way: str, ends: tuple[Notifier, Flag]) -> int:
    """Commit until it is over; return how often."""
    done, (notifier, over) = 0, ends
    with connect(url) as connection:
        if way == "one notifier":
            notifier.gather_from(connection)
        while not over.is_set():
            commit(connection, user, way)
            done += 1
    return done


@contextmanager
def listening(url: str, count: int) -> Iterator[None]:
    """Listen with so many connections, and take what comes."""
    over = Flag()

    def listen() -> None:
        with connect(url) as connection:
            connection.execute(f"listen {CHANNEL}")
            while not over.is_set():
                for _ in connection.notifies(timeout=0.2, stop_after=1000):
                    pass

    threads = [Thread(target=listen) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def measure(url: str, users: list[UserId], way: str, seconds: float) -> float:
    """Return commits per second."""
    over, done = Flag(), list[int]()
    with Notifier(lambda: connect(url)) as notifier:
        ends = notifier, over
        threads = [
            Thread(target=lambda user=user: done.append(write(url, user, way, ends)))
            for user in users
        ]
        began = monotonic()
        for thread in threads:
            thread.start()
        over.wait(seconds)
        over.set()
        for thread in threads:
            thread.join()
        return sum(done) / (monotonic() - began)


def make_users(url: str, count: int) -> list[UserId]:
    """Make tables, months and users."""
    migrate.upgrade(url)
    with connect(url) as connection:
        partitions.ensure(connection, NOW)
        users = [UserId(f"u{number:03}") for number in range(count)]
        for user in users:
            connection.execute("insert into app_user (id, name) values (%s, %s)", (user, user))
    return users


def main() -> None:
    """Measure on a server of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("seconds", type=float, nargs="?", default=1.0)
    options.add_argument("--writers", type=int, default=16)
    options.add_argument("--rounds", type=int, default=9)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = DatabaseHome(Path(folder) / "data")
        try:
            url = embedded.ensure_running(home)
            users = make_users(url, given.writers)
            rates: dict[str, list[float]] = {way: [] for way in WAYS}
            with listening(url, 2):
                for _ in range(given.rounds):
                    for way in WAYS:
                        rates[way].append(measure(url, users, way, given.seconds))
            without = statistics.median(rates[WAYS[0]])
            for way, found in rates.items():
                rate = statistics.median(found)
                spread = f"{min(found):.0f} to {max(found):.0f}"
                print(f"  {way:<24} {rate:6.0f} commits/s ({spread})  {rate / without:5.2f} x")
        finally:
            embedded.stop(home)
            shutil.rmtree(find(home).base)


if __name__ == "__main__":
    main()
