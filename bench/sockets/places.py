"""What the measurements of streams share: a database, a server, followers, and how busy it was."""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic_ns

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.sockets.server import IMPORTER
from bench.wakes import make_users
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store.connect import connect as connect_database
from coach.model.accounts import UserId

TICKS = os.sysconf("SC_CLK_TCK")
ACK_EVERY = 20
AGAIN_S = 0.05
PATIENCE_S = 120
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Place:
    """A folder with a database that has so many users."""

    folder: Path
    url: str
    users: list[UserId]

    @contextmanager
    def server(self, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """Run a server for all users; yield its process and its port."""
        words = [self.url, str(self.folder / "home"), str(len(self.users)), str(port)]
        with subprocess.Popen(
            [sys.executable, "-m", "bench.sockets.server", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                yield process, int(process.stdout.readline())
            finally:
                process.kill()

    def writer(self, each_second: float, seconds: float) -> subprocess.Popen[str]:
        """Begin to commit so many events a second, for so long."""
        words = [self.url, str(len(self.users)), str(each_second), str(seconds)]
        return subprocess.Popen(
            [sys.executable, "-m", "bench.sockets.writer", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )


@contextmanager
def place(users: int) -> Iterator[Place]:
    """Make a database of its own, and remove it."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = DatabaseHome(Path(folder) / "data")
        try:
            url = embedded.ensure_running(home)
            people = make_users(url, users)
            with connect_database(url) as connection:
                connection.execute(
                    "insert into app_user (id, name) values (%s, %s)", 2 * [IMPORTER]
                )
            yield Place(Path(folder), url, people)
        finally:
            embedded.stop(home)
            shutil.rmtree(find(home).base)


@dataclass(slots=True)
class Follower:
    """One user's follower, which comes back where it was; `seen` says when each number came."""

    user: UserId
    last: str = ""
    seen: dict[int, int] = field(default_factory=dict)
    twice: int = 0
    head: int = 0
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, port: int, until: int | None = None) -> None:
        """Follow on one connection until the event of that number came, or the connection ends."""
        query = f"?lastEventId={self.last}" if self.last else ""
        async with connect(
            f"ws://127.0.0.1:{port}/{self.user}/ws/coach{query}",
            compression=None,
            open_timeout=PATIENCE_S,
            close_timeout=AGAIN_S,
        ) as wire:
            while until is None or self.head < until:
                await self._take(wire)

    async def follow_for_ever(self, port: int) -> None:
        """Follow on one connection after the other."""
        while True:
            with suppress(OSError, EOFError, WebSocketException):
                await self.follow(port)
            await asyncio.sleep(AGAIN_S)

    async def _take(self, wire: ClientConnection) -> None:
        text = await wire.recv()
        came, frame = monotonic_ns(), json.loads(text)
        if frame["type"] == "hello":
            self.last = self.last or frame["id"] or ""
            self.head = self.head or frame["seq"]
            self.began.set()
        elif frame["type"] == "sync":
            await wire.send(json.dumps({"type": "resume", "lastEventId": self.last}))
        elif frame["type"] != "closed":
            number = frame["seq"]
            self.twice += number in self.seen
            self.seen.setdefault(number, came)
            self.last, self.head = frame["id"], number
            if number % ACK_EVERY == 0:
                await wire.send(json.dumps({"type": "ack", "seq": number}))


def percentiles(values: Sequence[float]) -> str:
    """Return p50, p99 and the largest of milliseconds, as text."""
    cuts = statistics.quantiles(values, n=100)
    return f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, longest {max(values):.1f} ms"


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU that a process and its children have taken."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(_own_cpu_s, (pid, *map(int, children))))


def _own_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load() -> str:
    """Return how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
