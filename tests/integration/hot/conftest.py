"""Every hot store: a Redis of the test's own or the gate's, a table, and the one for tests."""

import itertools
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from psycopg.conninfo import make_conninfo

from coach.engine.hot.base import HotStore
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.hot.in_redis import RedisHotStore
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.model.times import DAY_S
from tests import clock

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

EXTERNAL = os.environ.get("COACH_TEST_REDIS_URL", "")
STORES = [
    "memory",
    "postgres",
    pytest.param("redis", marks=pytest.mark.redis),
    *([pytest.param("external_redis", marks=pytest.mark.external)] if EXTERNAL else []),
]


Opener = Callable[[], HotStore]


class OwnRedis:
    """A Redis behind a Unix socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        command = ["redis-server", *options, "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(6_000):
            if self._answers():
                return
            time.sleep(0.01)
        raise AssertionError("Redis does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Hold it as a machine does that has no time for it: it accepts and never answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as asked:
            try:
                asked.connect(str(self.socket))
            except OSError:
                return False
            return True


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Return the URL of a Redis that every test may use."""
    with one_redis() as server:
        yield server.url


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """Return a Redis that the test may stop."""
    with one_redis() as server:
        yield server


@contextmanager
def one_redis() -> Iterator[OwnRedis]:
    with tempfile.TemporaryDirectory(prefix="coach-redis-") as folder:
        server = OwnRedis(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def hot_database(server: str) -> Iterator[str]:
    """Return the URL of a database that every test may use, each in a namespace of its own."""
    name = f"coach_test_{os.getpid()}_hot"
    with connect(server) as admin:
        admin.execute(f"create database {name}")
        url = make_conninfo(server, dbname=name)
        migrate.upgrade(url)
        yield url
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(params=STORES)
def opener(request: "SubRequest", hot_database: str) -> Iterator[Opener]:
    """Return a function that opens the same store once more, each time as another process would."""
    namespace = f"test-{uuid4().hex}"
    if request.param == "memory":
        yield itertools.repeat(MemoryHotStore(clock.seconds)).__next__
        return
    opened: list[PostgresHotStore | RedisHotStore] = []
    url = {"postgres": "", "external_redis": EXTERNAL}.get(request.param)
    if url is None:
        url = request.getfixturevalue("redis_url")

    def one_more() -> HotStore:
        store: PostgresHotStore | RedisHotStore
        if url:
            store = RedisHotStore(url, namespace)
        else:
            store = PostgresHotStore(lambda: connect(hot_database), namespace)
        opened.append(store)
        return store

    yield one_more
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> HotStore:
    return opener()


@pytest.fixture
def far_from_midnight() -> None:
    """Wait where the day (UTC) is about to end, and day buckets with it."""
    left_s = DAY_S - clock.seconds() % DAY_S
    if left_s < 60:
        time.sleep(left_s)
