"""`/api/events/stream` over a database."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from coach.server.app import ServerParts, application
from tests.integration.server.conftest import HERE, EventWriter

PATIENCE = 60


class SourceReader:
    """What is written to an event source, read as it comes."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self._messages: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self._messages.put(message)

    async def next(self) -> MutableMapping[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self._messages.get()

    async def text(self) -> str:
        body: bytes = (await self.next())["body"]
        return body.decode()


@asynccontextmanager
async def reading(parts: ServerParts, *headers: tuple[str, str]) -> AsyncIterator[SourceReader]:
    given = [("host", HERE), *headers]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/events/stream",
        "raw_path": b"/api/events/stream",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8321),
    }
    reader = SourceReader()
    serving = asyncio.create_task(application(parts)(scope, reader.receive, reader.send))
    try:
        yield reader
    finally:
        reader.gone.set()
        async with asyncio.timeout(PATIENCE):
            await serving


def test_an_event_source_goes_on_after_its_last_event(
    parts: ServerParts, writer: EventWriter
) -> None:
    first, second = writer.write(2)

    async def follow() -> None:
        async with reading(parts, ("last-event-id", first)) as source:
            start = await source.next()
            assert start["status"] == 200
            assert (b"content-type", b"text/event-stream; charset=utf-8") in start["headers"]
            assert await source.text() == "retry: 2000\n\n"
            assert (await source.text()).startswith(f"id: {first}\nevent: hello\ndata: {{")
            assert (await source.text()).startswith(f"id: {second}\ndata: {{")
            [third] = await asyncio.to_thread(writer.write)
            assert (await source.text()).startswith(f"id: {third}\ndata: {{")
        assert parts.streams is not None
        assert not parts.streams.open_streams

    asyncio.run(follow())


def test_more_events_than_a_socket_gets_unacknowledged_come_in_order_and_once(
    parts: ServerParts, writer: EventWriter
) -> None:
    async def follow() -> None:
        async with reading(parts) as source:
            for _ in range(3):
                await source.next()
            ids = await asyncio.to_thread(writer.write, 700)
            for event_id in ids:
                assert (await source.text()).startswith(f"id: {event_id}\n")

    asyncio.run(follow())


def test_the_end_of_the_process_ends_an_event_source_with_a_time_to_come_back(
    parts: ServerParts, writer: EventWriter
) -> None:
    [last] = writer.write()

    async def follow() -> None:
        async with reading(parts) as source:
            for _ in range(3):
                await source.next()
            assert parts.streams is not None
            await parts.streams.drain()
            goodbye = await source.text()
            assert goodbye.startswith(f"id: {last}\nretry: ")
            assert '"code":1012' in goodbye
            assert (await source.next())["body"] == b""

    asyncio.run(follow())


@pytest.mark.parametrize("wrong", ["nonsense", 26 * "8"])
def test_what_is_no_id_is_an_error(client: TestClient, wrong: str) -> None:
    refused = client.get("/api/events/stream", headers={"Last-Event-ID": wrong})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "E_USAGE")
