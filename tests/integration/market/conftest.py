"""A shelf of candles over a fresh database, and an S3 that is a process of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf
from coach.engine.market.objects import open_objects
from coach.model.accounts import UserId

SERVE = """
import os
for name in list(os.environ):
    if name.startswith("AWS_"):
        del os.environ[name]
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = os.environ.pop("FREE_REQUESTS")
from moto.server import main
import sys
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
"""


class OwnS3:
    """A server that speaks S3, with one bucket named `bars`, in a process of its own."""

    def __init__(self, log: Path, free_requests: int = 1_000_000) -> None:
        self._free_requests = free_requests
        self.port = free_port()
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it where it does not run, and empty it."""
        if not self._answers():
            self._launch()
        self.ask("POST", "/moto-api/reset")
        self.ask("PUT", "/bars")

    def _launch(self) -> None:
        environment = {**os.environ, "FREE_REQUESTS": str(self._free_requests)}
        command = [sys.executable, "-c", SERVE, str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        for _ in range(3_000):
            if self._answers():
                return
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def ask(self, method: str, path: str) -> int:
        """Make a plain request and return the status."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path)
            return line.getresponse().status
        finally:
            line.close()

    def read(self, path: str) -> str:
        """Return the text of what lies there."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("GET", path)
            return line.getresponse().read().decode()
        finally:
            line.close()

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/moto-api/") == HTTPStatus.OK
        except OSError:
            return False


@pytest.fixture(scope="session")
def one_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    server = OwnS3(tmp_path_factory.mktemp("s3") / "s3.log")
    yield server
    server.stop()


@pytest.fixture
def own_s3(one_s3: OwnS3) -> OwnS3:
    """Return a server with an empty bucket; the test may stop it."""
    one_s3.start()
    return one_s3


@pytest.fixture
def strict_s3(tmp_path: Path) -> Iterator[OwnS3]:
    """Return a server that knows nobody's keys."""
    server = OwnS3(tmp_path / "s3.log", free_requests=0)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def shelf(connection: psycopg.Connection, tmp_path: Path) -> CandleShelf:
    """Return alice's shelf, with objects in a folder."""
    return CandleShelf(connection, open_objects(Folder(tmp_path / "objects")), UserId("u-alice"))


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port
