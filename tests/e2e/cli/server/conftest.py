"""A server in a process of its own, and how to ask it."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import httpx2
import pytest

PATIENCE = 120
SERVE = (sys.executable, "-m", "coach", "serve", "--port", "0", "--json")


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server: its process, where it listens, and its log."""

    process: Popen[str]
    url: str
    log: Path


@contextmanager
def running_server(
    home: Path, *options: str, worker: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """Run a server on any free port for the length of the block; without a worker unless asked."""
    with Popen(
        [*SERVE, *(() if worker else ("--no-worker",)), *options],
        env={**os.environ, "COACH_HOME": str(home), **(settings or {})},
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            yield RunningServer(process, told["data"]["url"], home / "state" / "serve.log")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[RunningServer]:
    with running_server(home) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client
