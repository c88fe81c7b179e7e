"""Two servers and two workers over one database, one Redis and one bucket."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest

from coach.engine.store import migrate
from coach.engine.store.connect import connect
from tests.e2e.cli.conftest import running_sandbox
from tests.e2e.cli.server.conftest import PATIENCE, running_server
from tests.integration.hot.conftest import OwnRedis, one_redis
from tests.integration.market.conftest import OwnS3

WORKER = (sys.executable, "-m", "coach", "worker", "--no-input")


@dataclass(frozen=True, slots=True)
class Installation:
    """What the processes share: a home, and settings that name the database and the stores."""

    home: Path
    settings: Mapping[str, str]

    @property
    def database_url(self) -> str:
        """Return the URL of the database."""
        return self.settings["COACH_DATABASE_URL"]

    @contextmanager
    def server(self, name: str, **more: str) -> Iterator[httpx2.Client]:
        """Run a server, without a worker; yield a client of it."""
        log = ("--log", str(self.home / f"{name}.log"))
        settings = {**self.settings, **more}
        with (
            running_server(self.home, *log, settings=settings) as running,
            httpx2.Client(base_url=running.url, timeout=PATIENCE) as client,
        ):
            client.headers["X-Test-Process"] = str(running.process.pid)
            yield client

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker."""
        environment = {**os.environ, "COACH_HOME": str(self.home), **self.settings}
        with Popen(WORKER, env=environment, stdin=DEVNULL, stdout=DEVNULL) as process:
            try:
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)


@pytest.fixture(scope="module")
def redis() -> Iterator[OwnRedis]:
    with one_redis() as server:
        yield server


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    server = OwnS3(tmp_path_factory.mktemp("s3") / "s3.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def installation(
    server: str, redis: OwnRedis, s3: OwnS3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    name = f"coach_test_{os.getpid()}_several"
    with connect(server) as admin:
        admin.execute(f"create database {name}")
        url = urlsplit(server)._replace(path=f"/{name}").geturl()
        migrate.upgrade(url)
        yield Installation(
            tmp_path_factory.mktemp("home"),
            {
                "COACH_DATABASE_URL": url,
                "COACH_REDIS_URL": redis.url,
                "COACH_OBJECT_STORE": "s3://bars/coach"
                f"?endpoint=http://127.0.0.1:{s3.port}&allow_http=true",
                "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "x" * 40,
            },
        )
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def pair(installation: Installation) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Return clients of two servers, while two workers run."""
    with ExitStack() as running:
        servers = [running.enter_context(installation.server(name)) for name in ("one", "other")]
        for _ in range(2):
            running.enter_context(installation.worker())
        yield servers[0], servers[1]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Return the address and the keys of a broker on this machine."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as told:
        yield told


def key() -> dict[str, str]:
    """Return a key for a request that is sent once."""
    return {"Idempotency-Key": str(uuid4())}
