"""Bodies in JSON, read as strictly as a file of JSON is: no key twice, not nested too deeply.

A text holds neither a NUL nor half of a surrogate pair: no database keeps them.
"""

import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from coach.errors import UsageError
from coach.model.machine.strict_json import RefusedJson, parse_json
from coach.server.refusals import TAKEN

BAD_REQUEST = 400
CHUNKED = "transfer-encoding"
JSON_TYPES = re.compile(r"application/(.+\+)?json")
EMPTY = (b"", b"{}", b"null")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> object:
        """Return the body; HTTPException where it is JSON that is refused."""
        try:
            found = parse_json((await self.body()).decode())
        except UnicodeDecodeError as trouble:
            raise HTTPException(BAD_REQUEST, "the body is not UTF-8") from trouble
        except RefusedJson as trouble:
            raise HTTPException(BAD_REQUEST, str(trouble)) from trouble
        except ValueError as trouble:
            raise HTTPException(BAD_REQUEST, f"the body is not JSON: {trouble}") from trouble
        if not all(map(is_storable, _texts(found))):
            raise HTTPException(BAD_REQUEST, "a text holds a character that no database keeps")
        return found


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            _refuse_unread(request, takes_json=self.body_field is not None)
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


async def refuse_body(request: Request) -> None:
    """Refuse what is sent to a route that takes nothing but an empty object: UsageError."""
    body = (await request.body()).strip()
    if body not in EMPTY:
        raise UsageError(TAKEN, what="this route takes no body")


def _refuse_unread(request: Request, *, takes_json: bool) -> None:
    """Refuse a body that would not be read as its sender means it: UsageError."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise UsageError(
            "send it as it is", what=f"a body comes without Content-Encoding: {coding}"
        )
    sent = request.headers.get("content-length", "0") != "0" or CHUNKED in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if takes_json and sent and not JSON_TYPES.fullmatch(kind):
        given = f"not as {kind!r}" if kind else "which it does not say"
        raise UsageError(TAKEN, what=f"the body comes as Content-Type: application/json, {given}")


def is_storable(text: str) -> bool:
    """Say whether a database keeps a text as it is."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a value that was JSON, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
