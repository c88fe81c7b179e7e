"""`/ws/coach` over a database: where a stream goes on, and what is kept of its follower."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from coach.engine.api import notes
from coach.engine.outbox import devices
from coach.engine.outbox.epochs import renew
from coach.engine.outbox.ids import mint
from coach.engine.outbox.retention import retire
from coach.engine.outbox.wakes import CHANNEL
from coach.engine.outbox.write import emit
from coach.engine.relay.stream import FULL_S, WINDOW
from coach.model.notifications.events import DigestReady
from coach.server.app import ServerParts
from coach.server.doors.identity import TERMINAL, asking
from tests.integration.server.conftest import HERE, MOST, EventWriter, SteppedClock

PATIENCE = 60
Frame = dict[str, Any]


@contextmanager
def followed(client: TestClient, **query: str) -> Iterator[WebSocketTestSession]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    with client.websocket_connect(f"ws://{HERE}/ws/coach?{asked}") as socket:
        yield socket


def next_frame(socket: WebSocketTestSession) -> Frame:
    frame: Frame = json.loads(socket.receive_text())
    return frame


def frames(socket: WebSocketTestSession, count: int) -> list[Frame]:
    return [next_frame(socket) for _ in range(count)]


def ack(socket: WebSocketTestSession, seq: int) -> None:
    socket.send_text(json.dumps({"type": "ack", "seq": seq}))


def test_without_an_id_the_next_event_is_the_first(client: TestClient, writer: EventWriter) -> None:
    *_, last = writer.write(2)
    with followed(client) as socket:
        hello = next_frame(socket)
        assert (hello["type"], hello["id"], hello["seq"]) == ("hello", last, 2)
        assert hello["payload"] | {"features": []} == {
            "head": 2,
            "from": 3,
            "recovered": True,
            "reason": None,
            "features": [],
        }
        [new] = writer.write()
        assert next_frame(socket)["id"] == new


def test_who_comes_back_gets_every_event_since(client: TestClient, writer: EventWriter) -> None:
    first, *later = writer.write(5)
    with followed(client, lastEventId=first.lower(), epoch=writer.epoch()) as socket:
        hello = next_frame(socket)
        assert (hello["payload"]["recovered"], hello["id"]) == (True, first)
        assert [frame["id"] for frame in frames(socket, 4)] == later


def test_who_asks_for_batches_gets_arrays_of_frames_of_that_length_at_most(
    client: TestClient, writer: EventWriter
) -> None:
    first, *later = writer.write(8)
    with followed(client, lastEventId=first, batch="3") as socket:
        messages = [json.loads(socket.receive_text()) for _ in range(4)]
        [[hello], *events] = messages
        assert "batch" in hello["payload"]["features"]
        assert [len(one) for one in events] == [3, 3, 1]
        assert [frame["id"] for one in events for frame in one] == later
        ack(socket, 9)
        [[closed]] = [json.loads(socket.receive_text())]
        assert (closed["type"], closed["payload"]["code"]) == ("closed", 4400)


@pytest.mark.parametrize("batch", ["-1", "257", "many", ""])
def test_a_batch_of_another_length_is_refused(client: TestClient, batch: str) -> None:
    with followed(client, batch=batch) as socket, pytest.raises(WebSocketDisconnect) as ended:
        socket.receive_text()
    assert ended.value.code == 4400


def test_a_frame_is_what_the_page_of_events_has(client: TestClient, writer: EventWriter) -> None:
    with followed(client) as socket:
        next_frame(socket)
        writer.write(3)
        streamed = frames(socket, 3)
    assert client.get("/api/events").json()["data"] == streamed


def test_events_that_have_left_are_missed_aloud(client: TestClient, writer: EventWriter) -> None:
    first, *_ = writer.write(2)
    later = writer.now + timedelta(days=90)
    with writer.connection.transaction():
        emit(writer.connection, {writer.user_id: [DigestReady(week="2026-W20", sha256="")]}, later)
    retire(writer.connection, later, 2)
    with followed(client, lastEventId=first) as socket:
        told = next_frame(socket)["payload"]
        assert (told["recovered"], told["reason"], told["from"]) == (False, "retention", 3)
        assert next_frame(socket)["seq"] == 3


def test_another_epoch_is_read_from_its_beginning(client: TestClient, writer: EventWriter) -> None:
    first, _ = writer.write(2)
    before = writer.epoch()
    renew(writer.connection)
    with followed(client, lastEventId=first, epoch=before) as socket:
        told = next_frame(socket)["payload"]
        assert (told["recovered"], told["reason"], told["from"]) == (False, "epoch", 1)
        assert next_frame(socket)["epoch"] == writer.epoch()


def test_who_came_before_the_first_event_gets_it_after_coming_back(
    client: TestClient, writer: EventWriter
) -> None:
    with followed(client) as socket:
        hello = next_frame(socket)
        assert hello["seq"] == 0
    first, second = writer.write(2)
    with followed(client, lastEventId=hello["id"], epoch=hello["epoch"]) as socket:
        assert next_frame(socket)["payload"]["recovered"] is True
        assert [frame["id"] for frame in frames(socket, 2)] == [first, second]
    page = client.get(f"/api/events?since={hello['id']}").json()["data"]
    assert [event["id"] for event in page] == [first, second]


def test_who_was_cut_off_after_a_hello_that_missed_events_goes_on_behind_them(
    client: TestClient, writer: EventWriter
) -> None:
    first, _ = writer.write(2)
    later = writer.now + timedelta(days=90)
    with writer.connection.transaction():
        emit(writer.connection, {writer.user_id: [DigestReady(week="2026-W20", sha256="")]}, later)
    retire(writer.connection, later, 2)
    with followed(client, lastEventId=first) as socket:
        hello = next_frame(socket)
        assert (hello["seq"], hello["payload"]["recovered"]) == (2, False)
    with followed(client, lastEventId=hello["id"], epoch=hello["epoch"]) as socket:
        assert next_frame(socket)["payload"]["recovered"] is True
        assert next_frame(socket)["seq"] == 3


def test_a_parameter_that_stands_twice_closes_the_socket(client: TestClient) -> None:
    path = f"ws://{HERE}/ws/coach?batch=1&batch=2"
    with (
        client.websocket_connect(path) as socket,
        pytest.raises(WebSocketDisconnect) as ended,
    ):
        socket.receive_text()
    assert ended.value.code == 4400
    assert client.get("/api/events/stream?epoch=a&epoch=b").status_code == 400


def test_an_id_beyond_the_newest_is_of_another_epoch(
    client: TestClient, writer: EventWriter
) -> None:
    writer.write()
    beyond = mint(0, 99, b"12345")
    with followed(client, lastEventId=beyond) as socket:
        told = next_frame(socket)["payload"]
        assert (told["recovered"], told["reason"]) == (False, "epoch")


@pytest.mark.parametrize("wrong", ["nonsense", mint(0, 1, b"12345")])
def test_an_id_of_nobody_or_of_somebody_else_closes_the_socket(
    client: TestClient, writer: EventWriter, wrong: str
) -> None:
    writer.write(2)
    with followed(client, lastEventId=wrong, epoch=writer.epoch()) as socket:
        goodbye = next_frame(socket)
        assert (goodbye["type"], goodbye["payload"]["code"]) == ("closed", 4400)
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_text()
    assert end.value.code == 4400


def test_a_new_epoch_within_a_stream_is_told(client: TestClient, writer: EventWriter) -> None:
    with followed(client) as socket:
        next_frame(socket)
        writer.write()
        assert next_frame(socket)["seq"] == 1
        ack(socket, 1)
        renew(writer.connection)
        told = next_frame(socket)
        assert (told["type"], told["payload"]["reason"]) == ("hello", "epoch")
        assert next_frame(socket)["epoch"] == writer.epoch()


def test_who_does_not_acknowledge_is_told_once_and_goes_on_where_it_says(
    client: TestClient, writer: EventWriter, ticks: SteppedClock
) -> None:
    with followed(client) as slow, followed(client) as quick:
        next_frame(slow)
        next_frame(quick)
        ids = writer.write(WINDOW + 10)
        for seq in range(1, WINDOW + 11):
            assert next_frame(quick)["seq"] == seq
            ack(quick, seq)
        assert [frame["seq"] for frame in frames(slow, WINDOW)] == [*range(1, WINDOW + 1)]
        ticks.seconds += FULL_S + 1
        told = next_frame(slow)
        assert (told["type"], told["payload"]["synced"]) == ("sync", False)
        slow.send_text(json.dumps({"type": "resume", "lastEventId": ids[WINDOW - 1]}))
        assert next_frame(slow)["type"] == "hello"
        assert [frame["id"] for frame in frames(slow, 10)] == ids[WINDOW:]


def test_acknowledgements_are_kept_under_the_name_of_the_device(
    client: TestClient, writer: EventWriter
) -> None:
    with followed(client, device="phone") as socket:
        next_frame(socket)
        writer.write(3)
        frames(socket, 3)
        ack(socket, 2)
        socket.send_text('{"type":"resume","lastEventId":"nonsense"}')
        assert next_frame(socket)["type"] == "closed"  # so the first was heard
    place = devices.position(writer.connection, writer.user_id, "phone")
    assert place is not None
    assert place.seq == 2


def test_a_user_has_only_so_many_streams(client: TestClient, writer: EventWriter) -> None:
    writer.write()
    with followed(client) as one, followed(client) as two, followed(client) as three:
        assert len([next_frame(socket) for socket in (one, two, three)]) == MOST
        with followed(client) as fourth, pytest.raises(WebSocketDisconnect) as end:
            fourth.receive_text()
        assert end.value.code == 4429
        refused = client.get("/api/events/stream")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    with followed(client) as again:
        assert next_frame(again)["type"] == "hello"


def test_what_a_request_changes_is_announced_and_reaches_a_socket(
    client: TestClient, parts: ServerParts, connections: Callable[[], psycopg.Connection]
) -> None:
    listener = connections()
    listener.execute(f"listen {CHANNEL}")
    with followed(client) as socket:
        next_frame(socket)
        with asking(TERMINAL), parts.open_session() as session:
            user_id = session.user.id
            notes.add(session, date(2026, 3, 2), "waited for the target")
        assert next_frame(socket)["type"] == "note.added"
    [told] = listener.notifies(timeout=PATIENCE, stop_after=1)
    assert told.payload == user_id
