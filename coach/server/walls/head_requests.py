"""`HEAD`: what `GET` would answer, without its body, wherever that has an end."""

from typing import TYPE_CHECKING

from coach.server.refusals import STREAM

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD, GET = "HEAD", "GET"


class HeadRequests:
    """Hands on a request for the head of an answer as one for the answer, and sends the head."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on one request."""
        if scope["type"] != "http" or scope["method"] != HEAD or scope["path"] == STREAM:
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": GET}

        async def without_body(message: "Message") -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(asked, receive, without_body)
        finally:
            if "route" in asked:
                scope["route"] = asked["route"]
