"""`/api/events/stream`: a user's events as an event source (SSE).

A follower cannot acknowledge here, so an event counts as acknowledged once it is written; one that
does not read holds up its own stream, and is closed when it stalls.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from coach.engine.api.live.streams import Closed, Frame, LiveStream, StreamHub
from coach.model.events import Event
from coach.server.log import note
from coach.server.streams.frames import frame_json, kind_of, retry_ms
from coach.server.streams.patience import WriteLimit
from coach.server.streams.racing import first_result

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

NoteWritten = Callable[[Sequence[Frame], LiveStream, datetime], None]
MEDIA_TYPE = "text/event-stream"
PATH = "/api/events/stream"
RETRY_MS = 2000
PIECE = {"type": "http.response.body", "more_body": True}
QUIET_S = 15.0
"""After which a comment keeps the connection open."""


@dataclass(frozen=True, slots=True)
class EventSource:
    """A stream that was opened, with its first frame; `ending` closes it."""

    stream: LiveStream
    first: Frame
    ending: AsyncExitStack
    clock: Callable[[], datetime]
    hub: StreamHub
    note_written: NoteWritten
    headers: dict[str, str] = field(default_factory=lambda: {"X-Accel-Buffering": "no"})

    async def chunks(self) -> AsyncIterator[str]:
        """Yield the text of an event source, up to the end of the stream."""
        yield f"retry: {RETRY_MS}\n\n"
        frames, ticks = [self.first], self.hub.runtime.ticks
        written = ticks()
        while True:
            for frame in frames:
                yield source_text(frame, self.stream, self.clock())
                written = ticks()
                self.note_written((frame,), self.stream, self.clock())
                if isinstance(frame, Closed):
                    return
                if isinstance(frame, Event):
                    self.stream.ack(frame.seq)
            frames = await self.stream.next_frames()
            if not frames and ticks() - written >= QUIET_S:
                written = ticks()
                yield ": still here\n\n"


class EventSourceResponse(Response):
    """Writes an event source until it ends, the follower leaves, or does not read for too long."""

    def __init__(self, source: EventSource) -> None:
        super().__init__(headers=source.headers, media_type=MEDIA_TYPE)
        del self.headers["content-length"]
        self._source = source

    async def __call__(self, _scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Write the answer."""
        async with self._source.ending:
            await first_result(self._write(send), _until_gone(receive))

    async def _write(self, send: "Send") -> None:
        start: Message = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        with suppress(OSError):
            try:
                async with WriteLimit(self._source.hub.runtime.patience_s) as limit:
                    await limit.write(send(start))
                    async for chunk in self._source.chunks():
                        await limit.write(send({**PIECE, "body": chunk.encode()}))
                    await limit.write(send({"type": "http.response.body", "body": b""}))
            except TimeoutError:
                note("event source stalled")


def source_text(frame: Frame, stream: LiveStream, now: datetime) -> str:
    """Return a frame as an event source has it: an event is a message, another frame has a name."""
    if isinstance(frame, Event):
        return f"id: {frame.id}\ndata: {frame_json(frame, stream, now)}\n\n"
    again = retry_ms()
    head = f"id: {stream.acked_id}\n" if stream.acked_id else ""
    if isinstance(frame, Closed):
        head += f"retry: {again}\n"
    return f"{head}event: {kind_of(frame)}\ndata: {frame_json(frame, stream, now, again)}\n\n"


async def _until_gone(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
