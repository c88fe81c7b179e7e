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
from coach.server.engine.tls import identities
from coach.server.log import LONGEST_PATH
from coach.server.walls.security_log import note_security

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TOO_LARGE: Final = 413
HEALTH: Final = "/healthz"
HEALTHY: Final = ServiceAnswer(200, {"content-type": "text/plain"}, b"ok\n")
REFUSED_SIZE: Final = ServiceAnswer(
    TOO_LARGE, {"content-type": "text/plain", "connection": "close"}, b"too large\n", "too large"
)
AT_ONCE: Final = 2
"""Heavy work at once in this process; more of it waits its turn."""


class BodyTooLarge(Exception):
    """More came than is taken."""


class CallerLeft(Exception):
    """The other side hung up before it had said all."""


class EngineApplication:
    """The ASGI application."""

    def __init__(self, service: EngineService, largest: int = LARGEST_BODY) -> None:
        self._service = service
        self._largest = largest
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
            body = await _body(receive, headers, self._largest)
        except BodyTooLarge:
            return REFUSED_SIZE
        whole = asked._replace(body=body)
        return await run_sync(partial(self._service.answer, whole), limiter=self._turns)


async def _body(receive: "Receive", headers: list[tuple[str, str]], largest: int) -> bytes:
    """Return the whole body; BodyTooLarge as soon as more is declared or comes."""
    declared = next((value for name, value in headers if name == "content-length"), "0")
    if declared.isdecimal() and int(declared) > largest:
        raise BodyTooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        body += message.get("body", b"")
        if len(body) > largest:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


async def _send(answer: ServiceAnswer, send: "Send") -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.body})


def _note(scope: "Scope", answer: ServiceAnswer) -> None:
    address = (scope.get("client") or ("",))[0]
    path = scope["path"][:LONGEST_PATH]
    note_security("request refused", address, why=answer.reason, key=answer.key_id, path=path)
