"""The routes over which events come as they are committed."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from coach.engine.api.live.streams import (
    BAD_REQUEST,
    Closed,
    ResumeRequest,
    StreamHub,
    TooManyStreams,
)
from coach.server.reads.query import refuse_repeated
from coach.server.refusals import refusal
from coach.server.streams import socket, source
from coach.server.streams.followers import credential_of_request, user_of
from coach.server.streams.query import StreamQuery
from coach.server.streams.socket import CoachSocket
from coach.server.streams.source import EventSource, EventSourceResponse

if TYPE_CHECKING:
    from coach.server.observed.metrics import ServerMetrics
    from coach.server.sessions import OpenSession

DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {"content": {source.MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
SUMMARY = "Every event as it is committed, as an event source"
RETRY = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class StreamParts:
    """What streams are made of."""

    hub: StreamHub
    open_session: "OpenSession"
    clock: Callable[[], datetime]
    metrics: "ServerMetrics"


def streaming(parts: StreamParts) -> APIRouter:
    """Return the routes of streams: a WebSocket and an event source."""
    router = APIRouter(tags=["events"])
    parts.metrics.watch_streams(parts.hub)
    sockets = CoachSocket(parts.hub, parts.open_session, parts.clock, parts.metrics)
    router.add_api_websocket_route(socket.PATH, sockets.serve)

    @router.get(source.PATH, summary=SUMMARY, response_class=Response, responses=DESCRIBED)
    async def events_stream(
        asked: Request,
        query: Annotated[StreamQuery, Query()],
        last_event_id: Annotated[str, Header(alias="Last-Event-ID")] = "",
    ) -> Response:
        refuse_repeated(asked, StreamQuery)
        request = query.request()
        if last_event_id:
            request = ResumeRequest(last_event_id, query.epoch)
        return await _respond(parts, request)

    return router


async def _respond(parts: StreamParts, request: ResumeRequest) -> Response:
    user_id = await parts.hub.runtime.in_thread(user_of, parts.open_session)
    async with AsyncExitStack() as ending:
        try:
            credential = credential_of_request()
            stream = await ending.enter_async_context(
                parts.hub.stream(user_id, credential=credential)
            )
        except TooManyStreams:
            what = "you have as many streams as one may have"
            return refusal(429, "E_TRY_LATER", what, "close one, or come back later", RETRY)
        first = await stream.open(request)
        if isinstance(first, Closed):
            if first.code == BAD_REQUEST:
                return refusal(400, "E_USAGE", first.reason, "give the id of an event of yours")
            return refusal(503, "E_DATABASE", first.reason, "", RETRY)
        ending.enter_context(parts.metrics.sockets.labels("sse").track_inprogress())
        note_written, open_until = parts.metrics.note_written, ending.pop_all()
        source = EventSource(stream, first, open_until, parts.clock, parts.hub, note_written)
        return EventSourceResponse(source)
