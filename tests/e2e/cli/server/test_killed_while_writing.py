"""A server that is killed under a request leaves one effect, once the request is sent again.

The request is held up where it waits for another import, so that the kill always falls within it.
"""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import httpx2
import psycopg
import pytest

from tests.clock import seconds
from tests.e2e.cli.conftest import STATEMENT
from tests.e2e.cli.server.conftest import PATIENCE, running_server
from tests.e2e.homes import LentHome

KEY = {"Idempotency-Key": "5f0c6b1e-1111-4222-8333-abcdefabcdef"}
LOCK = "select pg_advisory_lock(hashtextextended('import:' || id, 0)) from app_user"
UNLOCK = "select pg_advisory_unlock(hashtextextended('import:' || id, 0)) from app_user"
WAITING = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"


def upload(url: str) -> httpx2.Response:
    files = {"file": ("fills.csv", STATEMENT.encode())}
    return httpx2.post(f"{url}/api/imports", files=files, headers=KEY, timeout=PATIENCE)


def move(url: str) -> httpx2.Response:
    body = {"zone": "Asia/Tokyo"}
    return httpx2.put(f"{url}/api/zone", json=body, headers=KEY, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("send", "effects"),
    [
        (upload, "select count(*), count(*) from run where kind = 'import.trades'"),
        (move, "select count(*), max(1) from event_outbox where type = 'zone.changed'"),
    ],
)
def test_a_request_that_a_kill_cut_off_is_done_once(
    home: Path, lent_home: LentHome, send: Callable[[str], httpx2.Response], effects: str
) -> None:
    with running_server(home) as first, ThreadPoolExecutor(1) as pool:
        with psycopg.connect(lent_home.database_url(), autocommit=True) as other:
            other.execute(LOCK)
            sent = pool.submit(send, first.url)
            wait_until(other, WAITING)
            first.process.send_signal(signal.SIGKILL)
            first.process.wait(PATIENCE)
            other.execute(UNLOCK)
        with pytest.raises(httpx2.TransportError):
            sent.result(PATIENCE)
    with running_server(home) as second:
        again = send(second.url)
        assert again.status_code in {200, 201}
        assert "Idempotency-Replayed" not in again.headers
        once_more = send(second.url)
        assert once_more.text == again.text
        assert once_more.headers["Idempotency-Replayed"] == "true"
    with psycopg.connect(lent_home.database_url()) as other:
        assert other.execute(effects).fetchone() == (1, 1)


def wait_until(connection: psycopg.Connection, query: str) -> None:
    end = seconds() + PATIENCE
    while connection.execute(query).fetchone() != (True,):
        assert seconds() < end, query
        sleep(0.05)
