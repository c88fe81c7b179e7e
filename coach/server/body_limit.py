"""How much of a body is taken: counted while it comes, whatever its `Content-Length` says."""

from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from coach.model.machine.inputs import LARGEST_INPUT, LARGEST_NOTE
from coach.server.refusals import HTTP_HINTS, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Limits = Mapping[tuple[str, str], int]

TOO_LARGE = 413
LARGEST_FORM = LARGEST_INPUT + LARGEST_NOTE
FORMS = ("/api/imports", "/api/candles", "/api/screens/statement")
LIMITS = MappingProxyType({("POST", path): LARGEST_FORM for path in FORMS})
"""Of the routes that take more than `LARGEST_NOTE` bytes; a form needs some of its own."""


class BodyLimit:
    """Answers 413 to a body that is too large; what lies beyond the limit is never read."""

    def __init__(self, app: "ASGIApp", limits: "Limits" = LIMITS) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on a request that counts its body as it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get((scope["method"], scope["path"]), LARGEST_NOTE)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            answer = refusal(
                TOO_LARGE,
                "E_TOO_LARGE",
                _what(limit),
                HTTP_HINTS[TOO_LARGE],
                {"Connection": "close"},
            )
            await answer(scope, receive, send)
            return
        taken = 0

        async def counted() -> "Message":
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(TOO_LARGE, _what(limit), {"Connection": "close"})
            return message

        await self._app(scope, counted, send)


def _what(limit: int) -> str:
    return f"the body is larger than {limit:,} bytes (limit)"
