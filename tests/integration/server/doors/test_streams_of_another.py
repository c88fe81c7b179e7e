"""Streams, asked by one user with what is another's: ids, epochs and devices; in real sockets."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from coach.engine.outbox import devices
from coach.engine.outbox.read import head
from coach.engine.store import users
from coach.engine.store.connect import connect
from tests.integration.server.doors.conftest import Building

if TYPE_CHECKING:
    from starlette.testclient import TestClient

SOCKET = "ws://127.0.0.1:8321/ws/coach"
NOT_HERS = 4400


class Follower:
    """Somebody who has signed in, writes notes and follows their own events."""

    def __init__(self, building: Building, name: str, browser: "TestClient") -> None:
        [secret] = building.signed_in(name).cookies.values()
        self.browser = browser
        self.cookie = {"Cookie": f"coach-session={secret}"}

    def get(self, path: str, **headers: str) -> Response:
        """Ask for something."""
        return self.browser.get(path, headers=self.cookie | headers)

    def write(self, text: str) -> str:
        """Write a note; return the id of its event."""
        headers = self.cookie | {"Idempotency-Key": str(uuid4())}
        note = {"day": "2026-03-02", "text": text}
        assert self.browser.post("/api/notes", json=note, headers=headers).status_code == 201
        last: str = self.get("/api/events").json()["data"][-1]["id"]
        return last

    def follow(self, query: str = "") -> WebSocketTestSession:
        """Open a socket."""
        return self.browser.websocket_connect(f"{SOCKET}?{query}", headers=self.cookie)


@pytest.fixture
def two(inhabited: Building) -> Iterator[tuple[Follower, Follower]]:
    """Two who ask one application, which runs in one loop."""
    with inhabited.browser() as browser:
        yield Follower(inhabited, "local", browser), Follower(inhabited, "ann", browser)


def until_closed(socket: WebSocketTestSession) -> tuple[str, int]:
    """Return what a socket said until it was closed, and with which code."""
    said = ""
    while True:
        try:
            said += socket.receive_text()
        except WebSocketDisconnect as end:
            return said, end.code


def test_nobody_goes_on_at_an_event_of_another(two: tuple[Follower, Follower]) -> None:
    local, ann = two
    hers, his = ann.write("hers"), local.write("his")
    epoch = local.get("/api/events").json()["data"][-1]["epoch"]
    with local.follow(f"lastEventId={hers}&epoch={epoch}") as socket:
        said, code = until_closed(socket)
    assert (code, "note.added" in said) == (NOT_HERS, False)
    asked = local.get(f"/api/events/stream?epoch={epoch}", **{"Last-Event-ID": hers})
    assert asked.status_code == 400
    with local.follow(f"lastEventId={hers}") as socket:  # of which epoch is not said
        hello, first = (json.loads(socket.receive_text()) for _ in range(2))
        socket.send_text(json.dumps({"type": "resume", "lastEventId": hers, "epoch": epoch}))
        said, code = until_closed(socket)
    assert (hello["payload"]["recovered"], first["id"]) == (False, his)
    assert (code, "note.added" in said) == (NOT_HERS, False)


def test_a_stream_brings_what_is_one_s_own_and_nothing_else(
    two: tuple[Follower, Follower],
) -> None:
    local, ann = two
    with local.follow() as socket:
        assert json.loads(socket.receive_text())["type"] == "hello"
        hers, his = ann.write("hers"), local.write("his")
        first = json.loads(socket.receive_text())
    assert (first["type"], first["id"]) == ("note.added", his)
    assert first["id"] != hers


def test_a_device_of_the_same_name_is_another(
    two: tuple[Follower, Follower], inhabited: Building
) -> None:
    local, ann = two
    ann.write("hers")
    local.write("his")
    with connect(inhabited.parts.settings.database_url) as connection:
        user = users.find(connection, "ann")
        assert user is not None
        place = (head(connection, user.id).epoch, 1)
        with inhabited.doors.place(None, "test") as doors, connection.transaction():
            devices.acknowledge(connection, user.id, "laptop", place, doors.clock())
    with local.follow("device=laptop") as socket:
        assert json.loads(socket.receive_text())["type"] == "hello"
    assert local.get("/api/events/devices").json()["data"] == []
    [one] = ann.get("/api/events/devices").json()["data"]
    assert one["device"] == "laptop"
