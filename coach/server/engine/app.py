"""The application of the engine's service: it reads a request within limits and hands it on.

What cannot be believed is turned away before a byte of its body is read. `/healthz` says that the
process answers, to anybody, and nothing else.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from coach.engine.api.service.answers import (
    LARGEST_BODY,
    EngineService,
    ServiceAnswer,
)
from coach.engine.api.service.gates import AskedWork
from coach.server.engine.bodies import (
    BodyReader,
    BodyTooLarge,
    BodyTooSlow,
    CallerLeft,
    TooManyBodies,
)
from coach.server.engine.tls import identities
from coach.server.log import LONGEST_PATH
from coach.server.walls.security_log import note_security

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

HEALTH: Final = "/healthz"
HEALTHY: Final = ServiceAnswer(200, {"content-type": "text/plain"}, b"ok\n")
HANGS_UP: Final = {"content-type": "text/plain", "connection": "close"}
REFUSED_SIZE: Final = ServiceAnswer(413, HANGS_UP, b"too large\n", "too large")
REFUSED_PACE: Final = ServiceAnswer(408, HANGS_UP, b"too slow\n", "too slow")
REFUSED_FOR_NOW: Final = ServiceAnswer(
    503, {**HANGS_UP, "retry-after": "1"}, b"not now\n", "too much at once"
)
AT_ONCE: Final = 2
"""Heavy work at once in this process; more of it waits its turn."""


class EngineApplication:
    """The ASGI application."""

    def __init__(self, service: EngineService, largest: int = LARGEST_BODY) -> None:
        self._service = service
        self._bodies = BodyReader(largest)
        self._turns = CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except CallerLeft:
            return
        if answer.reason:
            _note(scope, answer)
        await _send(answer, send)

    async def _answer(self, scope: "Scope", receive: "Receive") -> ServiceAnswer:
        if scope["method"] == "GET" and scope["path"] == HEALTH:
            return HEALTHY
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        address = (scope.get("client") or ("",))[0]
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        asked = AskedWork(headers, address, scope["method"], path, query, b"", identities(scope))
        refused = await run_sync(self._service.turn_away, asked)
        if refused is not None:
            return refused
        try:
            async with self._bodies.read(receive, headers) as body:
                whole = asked._replace(body=body)
                return await run_sync(partial(self._service.answer, whole), limiter=self._turns)
        except BodyTooLarge:
            return REFUSED_SIZE
        except TooManyBodies:
            return REFUSED_FOR_NOW
        except BodyTooSlow:
            return REFUSED_PACE


async def _send(answer: ServiceAnswer, send: "Send") -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.body})


def _note(scope: "Scope", answer: ServiceAnswer) -> None:
    address = (scope.get("client") or ("",))[0]
    path = scope["path"][:LONGEST_PATH]
    note_security("request refused", address, why=answer.reason, key=answer.key_id, path=path)
