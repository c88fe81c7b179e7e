"""Processes that a server starts: they hold it up in nothing, and end with it."""

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import httpx2
import psycopg

from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server
from tests.e2e.cli.server.test_killed_while_writing import LOCK, UNLOCK, WAITING, upload, wait_until
from tests.e2e.homes import LentHome

ZOMBIE = "Z"


def pid_of(running: RunningServer, event: str) -> int:
    """Return the process that the last line of the log with this event names."""
    found: list[int] = []

    def look() -> bool:
        lines = running.log.read_text().splitlines() if running.log.exists() else []
        read = [json.loads(line) for line in lines]
        found[:] = [line["pid"] for line in read if line["event"] == event]
        return bool(found)

    wait_for(look)
    return found[-1]


def wait_for(true: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not true():
        assert monotonic() < deadline
        sleep(0.05)


def runs(pid: int) -> bool:
    """Say whether a process goes on; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != ZOMBIE
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_worker_ends_with_a_server_that_is_killed(home: Path) -> None:
    with running_server(home, worker=True) as running:
        worker = pid_of(running, "worker started")
        assert runs(worker)
        running.process.kill()
        wait_for(lambda: not runs(worker))


def test_an_import_ends_with_a_server_that_is_killed(home: Path, lent_home: LentHome) -> None:
    with (
        running_server(home) as running,
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(lent_home.database_url(), autocommit=True) as other,
    ):
        other.execute(LOCK)
        sent = pool.submit(upload, running.url)
        wait_until(other, WAITING)
        child = pid_of(running, "import begins")
        assert runs(child)
        assert httpx2.get(f"{running.url}/api/accounts", timeout=PATIENCE).status_code == 200
        running.process.kill()
        wait_for(lambda: not runs(child))
        assert isinstance(sent.exception(PATIENCE), httpx2.TransportError)


def test_an_import_whose_process_is_killed_is_done_when_it_is_asked_for_again(
    home: Path, lent_home: LentHome
) -> None:
    with running_server(home) as running, ThreadPoolExecutor(1) as pool:
        with psycopg.connect(lent_home.database_url(), autocommit=True) as other:
            other.execute(LOCK)
            sent = pool.submit(upload, running.url)
            wait_until(other, WAITING)
            os.kill(pid_of(running, "import begins"), signal.SIGKILL)
            failed = sent.result(PATIENCE)
            other.execute(UNLOCK)
        assert failed.status_code == 500
        assert "ended with -9" in failed.json()["error"]["message"]
        again = upload(running.url)
        assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, False)
        assert again.json()["data"]["label"] == "fills.csv"
        assert upload(running.url).text == again.text
