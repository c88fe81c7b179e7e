"""Bodies in JSON, read as strictly as a file of JSON is: no key twice, not nested too deeply.

A text holds neither a NUL nor half of a surrogate pair: no database keeps them.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from coach.model.machine.strict_json import RefusedJson, parse_json

BAD_REQUEST = 400

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> object:
        """Return the body; HTTPException where it is JSON that is refused."""
        try:
            found = parse_json((await self.body()).decode())
        except RefusedJson as trouble:
            raise HTTPException(BAD_REQUEST, str(trouble)) from trouble
        if not all(map(is_storable, _texts(found))):
            raise HTTPException(BAD_REQUEST, "a text holds a character that no database keeps")
        return found


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


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
