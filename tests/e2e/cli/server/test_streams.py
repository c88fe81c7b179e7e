"""Streams over real sockets: the server is killed and stopped, followers are slow, others write."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Origin

from coach.engine.relay.stream import WINDOW
from tests.e2e.cli.server.conftest import RunningServer, running_server
from tests.e2e.homes import LentHome

PATIENCE = 60
EVIL = Origin("http://evil.test")
EVENTS = 400
CUT_S = 0.2
"""After which a follower that leaves with frames unread cuts the connection."""
WRITER = """
import sys
from coach.engine.outbox.wakes import wake_soon
from coach.engine.outbox.write import emit
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady
from coach.wiring import clock

with connect(sys.argv[1]) as connection:
    (user,) = connection.execute("select id from app_user").fetchone()
    for number in range(int(sys.argv[2])):
        with connection.transaction():
            news = DigestReady(week="2026-W10", sha256="0" * 64)
            emit(connection, {UserId(user): [news]}, clock())
        wake_soon(connection, [UserId(user)])
"""
Frame = dict[str, Any]
Write = Callable[[int], subprocess.Popen[bytes]]


@pytest.fixture
def write(server: RunningServer, lent_home: LentHome) -> Write:
    """Return a function that lets another process write so many events, one by one."""
    assert server.url

    def begin(count: int) -> subprocess.Popen[bytes]:
        words = (sys.executable, "-c", WRITER, lent_home.database_url(), str(count))
        return subprocess.Popen(words)

    return begin


class Follower:
    """Follows over one socket after the other, and goes on where it was."""

    def __init__(self) -> None:
        self.last = self.epoch = ""
        self.seen: list[int] = []

    @contextmanager
    def socket(self, url: str) -> Iterator[Connection]:
        """Connect, and hear what `hello` says."""
        address = f"{url.replace('http', 'ws')}/ws/coach"
        query = f"?lastEventId={self.last}&epoch={self.epoch}"
        with connect(
            address + query, open_timeout=PATIENCE, close_timeout=CUT_S, compression=None
        ) as socket:
            hello = self.hear(socket)
            assert (hello["type"], hello["payload"]["recovered"]) == ("hello", True)
            yield socket

    def hear(self, socket: Connection) -> Frame:
        """Return the next frame, kept and acknowledged; on a busy machine a follower may lag."""
        frame: Frame = json.loads(socket.recv(PATIENCE))
        while frame["type"] == "sync":
            socket.send(json.dumps({"type": "resume", "lastEventId": self.last}))
            frame = json.loads(socket.recv(PATIENCE))
            assert frame["type"] == "hello"
            frame = json.loads(socket.recv(PATIENCE))
        self.last, self.epoch = frame["id"] or "", frame["epoch"]
        if frame["type"] not in {"hello", "closed"}:
            self.seen.append(frame["seq"])
            socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
        return frame


def test_nothing_is_lost_or_doubled_while_another_process_writes(
    server: RunningServer, write: Write
) -> None:
    follower = Follower()
    with follower.socket(server.url) as socket, write(1) as writer:
        first = follower.hear(socket)["seq"]
        assert writer.wait(PATIENCE) == 0
    with write(EVENTS) as writer:
        while len(follower.seen) <= EVENTS:
            with follower.socket(server.url) as socket:
                for _ in range(min(70, EVENTS + 1 - len(follower.seen))):
                    follower.hear(socket)
        assert writer.wait(PATIENCE) == 0
    assert follower.seen == list(range(first, first + EVENTS + 1))


def test_an_event_source_and_a_socket_say_the_same(server: RunningServer, write: Write) -> None:
    follower = Follower()
    with (
        follower.socket(server.url) as socket,
        httpx2.stream("GET", f"{server.url}/api/events/stream", timeout=PATIENCE) as source,
    ):
        lines = source.iter_lines()
        while next(lines) != "event: hello":
            pass
        with write(3) as writer:
            frames = [follower.hear(socket) for _ in range(3)]
            assert writer.wait(PATIENCE) == 0
        told = (line.removeprefix("data: ") for line in lines if line.startswith("data: {"))
        next(told)  # the hello
        assert [json.loads(next(told)) for _ in range(3)] == frames


def test_who_does_not_read_holds_up_nobody_else(server: RunningServer, write: Write) -> None:
    slow, quick, count = Follower(), Follower(), WINDOW + 20
    with slow.socket(server.url) as deaf, quick.socket(server.url) as socket, write(count):
        frames = [quick.hear(socket) for _ in range(count)]
        assert quick.seen == list(range(frames[0]["seq"], frames[0]["seq"] + count))
        received = [json.loads(deaf.recv(PATIENCE)) for _ in range(WINDOW + 1)]
        told = received[-1]
        assert (told["type"], told["payload"]["synced"]) == ("sync", False)
        page = httpx2.get(f"{server.url}{told['payload']['fetch']}", timeout=PATIENCE).json()[
            "data"
        ]
        assert page
        assert [event["seq"] for event in page] == quick.seen[: len(page)]
        last = received[-2]["id"]
        deaf.send(json.dumps({"type": "resume", "lastEventId": last}))
        assert slow.hear(deaf)["type"] == "hello"
        for _ in range(count - WINDOW):
            slow.hear(deaf)
        assert slow.seen == quick.seen[WINDOW:]


def test_a_page_of_another_site_opens_no_socket(server: RunningServer) -> None:
    address = f"{server.url.replace('http', 'ws')}/ws/coach"
    with pytest.raises(InvalidStatus) as refused, connect(address, origin=EVIL):
        pass
    assert refused.value.response.status_code == 403


def test_no_message_is_compressed(server: RunningServer) -> None:
    with connect(f"{server.url.replace('http', 'ws')}/ws/coach") as socket:
        assert socket.protocol.extensions == []


def test_after_a_kill_a_follower_goes_on_at_another_server(
    home: Path, server: RunningServer, write: Write
) -> None:
    follower = Follower()
    with running_server(home) as doomed:
        with follower.socket(doomed.url) as socket:
            with write(2):
                first = follower.hear(socket)["seq"]
            doomed.process.kill()
            with suppress(ConnectionClosed):
                while True:
                    follower.hear(socket)
        with write(2) as writer:
            assert writer.wait(PATIENCE) == 0
    with follower.socket(server.url) as socket:
        while len(follower.seen) < 4:
            follower.hear(socket)
    assert follower.seen == list(range(first, first + 4))


def test_a_server_that_is_told_to_stop_says_when_to_come_back(
    home: Path, server: RunningServer, write: Write
) -> None:
    follower = Follower()
    with running_server(home) as ending, follower.socket(ending.url) as socket:
        with write(1):
            first = follower.hear(socket)["seq"]
        ending.process.send_signal(signal.SIGTERM)
        goodbye = follower.hear(socket)
        assert (goodbye["type"], goodbye["payload"]["code"]) == ("closed", 1012)
        assert 1000 <= goodbye["payload"]["retry_ms"] < 5000
        with pytest.raises(ConnectionClosed) as end:
            socket.recv(PATIENCE)
        assert end.value.rcvd is not None
        assert end.value.rcvd.code == 1012
        assert ending.process.wait(PATIENCE) == 128 + signal.SIGTERM
    with write(1), follower.socket(server.url) as socket:
        assert follower.hear(socket)["seq"] == first + 1


def test_followers_take_a_few_connections_to_the_database(
    server: RunningServer, lent_home: LentHome
) -> None:
    asked = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    with psycopg.connect(lent_home.database_url()) as connection, ExitStack() as sockets:
        for _ in range(20):
            sockets.enter_context(Follower().socket(server.url))
        row = connection.execute(asked).fetchone()
    assert row is not None
    assert row[0] <= 8 + 1 + 1 + 4 + 1  # the pool, the notifier, the tail, readers, this one
