"""A reconnect storm with and without a copy of the newest events in Redis, in one run.

    .venv/bin/python -m bench.reconnect_storm [FOLLOWERS] [--missed N] [--rounds N]
                                              # default: 500, 100, 5

So many users with a follower each in one process; each missed that many events and comes back with
the id of its last one, all at once. Each is answered as `relay` does: its place, what is kept, then
pages until it has caught up, over four connections of the process. The candidate reads pages from
Redis (a stream for each user and epoch, ids `seq-0`, the newest 512, 600 s) where its first entry
is the next event and none is missing, and from PostgreSQL otherwise. Rounds of both take turns;
printed is when the followers had caught up, medians of the rounds, and the ratio of p99.

The candidate is not part of coach; docs/events.md says what was measured.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, BoundedSemaphore
from time import monotonic
from typing import Any

from redis import Redis

from bench.wakes import make_users
from coach.engine.outbox import read
from coach.engine.outbox.write import emit
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.relay.readers import MOST, Readers
from coach.engine.relay.stream import ResumePoint, StreamSession
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from coach.model.events import Event, EventId
from coach.model.notifications.events import DigestReady

NOW = datetime.now(UTC)
KEPT = 512
KEPT_S = 600
BEFORE = 20
"""Events that each follower has seen before."""


class RedisCopy:
    """The newest events of each user, in Redis."""

    def __init__(self, url: str) -> None:
        self._redis: Any = Redis.from_url(url, protocol=2)
        self._turns = BoundedSemaphore(MOST)

    def write(self, epoch: str, events: Sequence[Event]) -> None:
        """Copy events of one user; those that are there already are refused by their numbers."""
        line = self._redis.pipeline(transaction=False)
        for one in events:
            key = f"s:{one.user_id}:{epoch}"
            kept = [one.id, one.type, one.v, one.ts.isoformat(), one.payload]
            line.xadd(key, {"e": json.dumps(kept)}, id=f"{one.seq}-0", maxlen=KEPT)
            line.expire(key, KEPT_S)
        line.execute(raise_on_error=False)

    def page(self, user: UserId, epoch: str, after: int, limit: int) -> list[Event]:
        """Return the next events; none unless they follow without a gap."""
        with self._turns:
            rows = self._redis.xrange(f"s:{user}:{epoch}", f"{after + 1}-0", count=limit)
        found = []
        for number, (entry, fields) in enumerate(rows, after + 1):
            if entry != b"%d-0" % number:
                return []
            id_, kind, v, ts, payload = json.loads(fields[b"e"])
            event_id, at = EventId(id_), datetime.fromisoformat(ts)
            found.append(Event(event_id, user, number, kind, v, at, payload))
        return found


@dataclass(frozen=True, slots=True)
class Storm:
    """Who comes back, and from where events are read."""

    readers: Readers
    last_seen: dict[UserId, EventId]

    def rage(self, copy: RedisCopy | None) -> list[float]:
        """Let everybody come back at once; return after how many seconds each had caught up."""
        start = Barrier(len(self.last_seen) + 1)

        def come_back(user: UserId) -> float:
            start.wait()
            began = monotonic()
            self.catch_up(user, copy)
            return monotonic() - began

        with ThreadPoolExecutor(len(self.last_seen)) as pool:
            waiting = [pool.submit(come_back, user) for user in self.last_seen]
            start.wait()
            return [one.result() for one in waiting]

    def catch_up(self, user: UserId, copy: RedisCopy | None) -> None:
        """Read all that one follower missed."""
        stream = StreamSession()
        with self.readers.connection() as connection:
            begin = read.start(connection, user, self.last_seen[user])
            there = read.head(connection, user)
            stream.open(ResumePoint(begin.seq, known=True), there)
            while copy is None and stream.sent < there.head:
                take(stream, read.page(connection, user, *wanted(stream)))
        while copy is not None and stream.sent < there.head:
            found = copy.page(user, there.epoch, *wanted(stream))
            if not found:
                with self.readers.connection() as connection:
                    found = read.page(connection, user, *wanted(stream))
            take(stream, found)


def wanted(stream: StreamSession) -> tuple[int, int]:
    """Return after which event to read, and how many."""
    after, limit = stream.wanted() or (0, 0)
    return after, min(limit, read.PAGE)


def take(stream: StreamSession, events: list[Event]) -> None:
    """Hand events to a follower, who acknowledges them."""
    stream.take(events, monotonic())
    stream.ack(stream.sent)


def prepare(url: str, users: list[UserId], missed: int, copy: RedisCopy) -> dict[UserId, EventId]:
    """Write events for everybody; return the last that each has seen."""
    seen: dict[UserId, EventId] = {}
    event = DigestReady(week="2026-W10", sha256="0" * 64)
    with connect(url) as connection:
        for user in users:
            with connection.transaction():
                ids = emit(connection, {user: [event] * (BEFORE + missed)}, NOW)
            seen[user] = ids[BEFORE - 1]
            epoch = read.head(connection, user).epoch
            copy.write(epoch, read.page(connection, user, 0, BEFORE + missed))
        connection.execute("vacuum analyze")
    return seen


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """Run a Redis behind a Unix socket."""
    place = folder / "redis.sock"
    words = ["--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
    try:
        while not place.exists():
            time.sleep(0.01)
        yield f"unix://{place}"
    finally:
        process.kill()
        process.wait()


def percentiles(times: list[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(times, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


def report(storm: Storm, copy: RedisCopy, rounds: int) -> None:
    """Let storms rage in turns, and print how long they took; every other round begins with Redis.

    The ratio is that of two storms in a row, whose machine was busy alike.
    """
    found: dict[str, list[tuple[float, float]]] = {"PostgreSQL": [], "Redis first": []}
    ways = [("PostgreSQL", None), ("Redis first", copy)]
    for number in range(rounds):
        for name, used in ways[:: -1 if number % 2 else 1]:
            found[name].append(percentiles(storm.rage(used)))
    for name, measured in found.items():
        p50, p99 = (statistics.median(column) for column in zip(*measured, strict=True))
        spread = f"{min(one[1] for one in measured):.0f} to {max(one[1] for one in measured):.0f}"
        print(f"  {name:<12} p50 {p50:6.0f} ms   p99 {p99:6.0f} ms ({spread})")
    pairs = zip(*found.values(), strict=True)
    ratios = sorted(with_copy[1] / without[1] for without, with_copy in pairs)
    print(
        f"  p99 with the copy is {statistics.median(ratios):.2f} x that without it"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


def main() -> None:
    """Measure on servers of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("followers", type=int, nargs="?", default=500)
    options.add_argument("--missed", type=int, default=100)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = DatabaseHome(Path(folder) / "data")
        try:
            with running_redis(Path(folder)) as redis_url:
                url, copy = embedded.ensure_running(home), RedisCopy(redis_url)
                users = make_users(url, given.followers)
                seen = prepare(url, users, given.missed, copy)
                readers = Readers(lambda: connect(url))
                report(Storm(readers, seen), copy, given.rounds)
                readers.close_idle(0.0)
        finally:
            embedded.stop(home)
            shutil.rmtree(find(home).base)


if __name__ == "__main__":
    main()
