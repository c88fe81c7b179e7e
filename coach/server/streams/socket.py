"""`/ws/coach`: a user's events over a WebSocket, one task that writes and one that hears."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from coach.engine.api.live.streams import (
    BAD_REQUEST,
    STALLED,
    TRY_LATER,
    Closed,
    LiveStream,
    StreamHub,
    TooManyStreams,
)
from coach.errors import CoachError, UsageError
from coach.server.log import note
from coach.server.reads.query import refuse_repeated
from coach.server.streams.followers import credential_of_request, user_of
from coach.server.streams.frames import FrameLines, batched
from coach.server.streams.patience import WriteLimit
from coach.server.streams.query import AckMessage, SocketQuery, parse_message
from coach.server.streams.racing import first_result

if TYPE_CHECKING:
    from coach.server.observed.metrics import ServerMetrics
    from coach.server.sessions import OpenSession

PATH = "/ws/coach"
TOO_MANY = 4429
CLOSE_S = 5.0
"""For a goodbye to a follower that may not read it."""


@dataclass(frozen=True, slots=True)
class CoachSocket:
    """Serves the sockets of all followers."""

    hub: StreamHub
    open_session: "OpenSession"
    clock: Callable[[], datetime]
    metrics: "ServerMetrics"
    lines: FrameLines = field(default_factory=FrameLines)

    async def serve(self, socket: WebSocket) -> None:
        """Serve a socket until either side closes it."""
        with suppress(WebSocketDisconnect):
            await socket.accept()
            ended = await self._follow(socket)
            if ended is not None:
                note("socket closed", code=ended.code, reason=ended.reason)
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await socket.close(ended.code, ended.reason)

    async def _follow(self, socket: WebSocket) -> Closed | None:
        """Return with which code to close the socket; None where the follower has left."""
        try:
            refuse_repeated(socket, SocketQuery)
            query = SocketQuery.model_validate(dict(socket.query_params))
            user_id = await self.hub.runtime.in_thread(user_of, self.open_session)
            credential = credential_of_request()
            async with self.hub.stream(user_id, query.device, credential) as stream:
                with self.metrics.sockets.labels("ws").track_inprogress():
                    return await self._converse(socket, stream, query)
        except (ValidationError, UsageError):
            return Closed(BAD_REQUEST, "unknown or invalid parameter")
        except TooManyStreams:
            return Closed(TOO_MANY, "too many streams; close one, or come back later")
        except CoachError:
            return Closed(TRY_LATER, "the database does not answer; come back with the last id")

    async def _converse(
        self, socket: WebSocket, stream: LiveStream, query: SocketQuery
    ) -> Closed | None:
        """Write and hear until the stream is closed, or the follower has left: None."""
        return await first_result(self._write(socket, stream, query), _hear(socket, stream))

    async def _write(self, socket: WebSocket, stream: LiveStream, query: SocketQuery) -> Closed:
        """Write frames up to the end of the stream; the one task that does."""
        frames = [await stream.open(query.request())]
        try:
            async with WriteLimit(self.hub.runtime.patience_s) as limit:
                while True:
                    for some in batched(frames, query.batch or 1):
                        now = self.clock()
                        text = self.lines.message(some, stream, now, in_batch=query.batch > 0)
                        await limit.write(socket.send_text(text))
                        self.metrics.note_written(some, stream, self.clock())
                    if frames and isinstance(frames[-1], Closed):
                        return frames[-1]
                    frames = await stream.next_frames()
        except TimeoutError:
            return Closed(STALLED, "stalled; come back with the last id")


async def _hear(socket: WebSocket, stream: LiveStream) -> None:
    """Pass on what the follower says, until it leaves."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            said = parse_message(message.get("text") or "")
        except ValueError:
            stream.refuse("that is no message of this protocol")
            continue
        if isinstance(said, AckMessage):
            stream.ack(said.seq)
        else:
            stream.resume(said.request())
