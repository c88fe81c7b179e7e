"""What a stream says and hears, without a socket and without a database."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from coach.engine.api.live.streams import Closed, Hello, LiveStream, OutOfStep
from coach.engine.relay.hub import StreamHub
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import Event, EventId
from coach.server.streams.frames import KEPT, FrameLines, frame_json
from coach.server.streams.query import AckMessage, ResumeMessage, parse_message
from coach.server.streams.source import source_text

SOCKET = "ws://127.0.0.1:8321/ws/coach"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIELDS = ["id", "seq", "epoch", "type", "v", "ts", "payload"]
EVENT = Event(EventId("01AB"), UserId("u"), 7, "digest.ready", 1, NOW, {"week": "2026-W10"}, "e")
OTHERS = (Hello("e", 9, 8, recovered=True), OutOfStep("e", 8, 9), Closed(1012, "the server ends"))


@pytest.fixture
def stream() -> LiveStream:
    def no_database() -> None:
        raise DatabaseTrouble(what="it is not there")

    hub = StreamHub(no_database, lambda: NOW)  # type: ignore[arg-type]
    return LiveStream(hub.runtime, UserId("u"), None)


@pytest.mark.parametrize("frame", [EVENT, *OTHERS])
def test_every_frame_has_the_fields_of_an_event(
    frame: Event | Hello | OutOfStep | Closed, stream: LiveStream
) -> None:
    assert list(json.loads(frame_json(frame, stream, NOW))) == FIELDS


def test_a_line_is_that_of_its_event_however_many_came_between(stream: LiveStream) -> None:
    lines = FrameLines()
    events = [replace(EVENT, id=EventId(f"{n}"), seq=n) for n in range(KEPT + 9)]
    told = [lines.line(event, stream, NOW) for event in (*events, *events)]
    assert told == [frame_json(event, stream, NOW) for event in (*events, *events)]
    again = replace(events[-1], epoch="another")
    assert lines.line(again, stream, NOW) == frame_json(again, stream, NOW)


def test_a_follower_that_lags_is_told_where_to_fetch(stream: LiveStream) -> None:
    stream.acked_id = "01M8MPWEA000000001GC5B68S5"
    told = json.loads(frame_json(OutOfStep("e", 8, 9), stream, NOW))
    assert told["type"] == "sync"
    assert told["payload"] == {
        "synced": False,
        "from": 8,
        "head": 9,
        "fetch": "/api/events?since=01M8MPWEA000000001GC5B68S5",
    }


def test_an_event_is_a_message_of_an_event_source_and_another_frame_has_a_name(
    stream: LiveStream,
) -> None:
    assert source_text(EVENT, stream, NOW).startswith('id: 01AB\ndata: {"id":"01AB","seq":7,')
    assert source_text(OTHERS[0], stream, NOW).startswith("event: hello\ndata: {")
    goodbye = source_text(OTHERS[2], stream, NOW).splitlines()
    told = json.loads(goodbye[2].removeprefix("data: "))
    assert goodbye[0] == f"retry: {told['payload']['retry_ms']}"
    assert goodbye[1] == "event: closed"


def test_a_follower_acknowledges_and_resumes() -> None:
    assert parse_message('{"type":"ack","seq":7}') == AckMessage(type="ack", seq=7)
    resumed = parse_message('{"type":"resume","lastEventId":"01AB","epoch":"e"}')
    assert isinstance(resumed, ResumeMessage)
    assert (resumed.request().last_id, resumed.request().epoch) == ("01AB", "e")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ack",
        "[]",
        "{}",
        '{"type":"ack"}',
        '{"type":"ack","seq":"7"}',
        '{"type":"ack","seq":true}',
        '{"type":"ack","seq":7,"more":1}',
        '{"type":"ack","seq":7},"x":{}',
        '{"type":"resume","lastEventId":null}',
        '{"type":"subscribe"}',
    ],
)
def test_anything_else_is_no_message(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_message(text)


def test_without_a_database_a_socket_is_told_to_come_back(client: TestClient) -> None:
    ours = {"Origin": "http://127.0.0.1:8321"}
    with (
        client.websocket_connect(SOCKET, headers=ours) as socket,
        pytest.raises(WebSocketDisconnect) as end,
    ):
        socket.receive_text()
    assert end.value.code == 1013


@pytest.mark.parametrize("query", ["sinse=1", "lastEventId=" + 65 * "0"])
def test_a_parameter_that_a_stream_does_not_take_is_refused(client: TestClient, query: str) -> None:
    with (
        client.websocket_connect(f"{SOCKET}?{query}") as socket,
        pytest.raises(WebSocketDisconnect) as end,
    ):
        socket.receive_text()
    assert end.value.code == 4400
    assert client.get(f"/api/events/stream?{query}").status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.test", "http://127.0.0.1:9612", "null"])
def test_a_page_of_another_site_opens_no_socket(client: TestClient, origin: str) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(SOCKET, headers={"Origin": origin}),
    ):
        pass
    assert refused.value.status_code == 403
    assert "content-security-policy" in refused.value.headers


def test_without_a_database_an_event_source_is_an_error(client: TestClient) -> None:
    assert client.get("/api/events/stream").status_code == 503
