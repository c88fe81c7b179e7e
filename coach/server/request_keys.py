"""The `Idempotency-Key` of a request, and what makes two requests with one key the same."""

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from coach.errors import UsageError
from coach.model.canonical import canonical_json
from coach.model.machine.keyed_requests import KeyedRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from coach.model.events import Json

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{8,255}")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
ESCAPED = re.compile(r"\\(.)")
HOW = "a UUID made before the first attempt, and sent again with each further one"


def key_of(values: "Sequence[str]") -> str:
    """Return the key of a request, written bare or as a quoted string; UsageError without one."""
    if len(values) != 1:
        how_many = "without" if not values else "with more than one"
        raise UsageError(HOW, what=f"this came {how_many} {HEADER}")
    text = values[0].strip()
    quoted = QUOTED.fullmatch(text)
    key = ESCAPED.sub(r"\1", quoted[1]) if quoted else text
    if not KEY.fullmatch(key):
        what = f"{HEADER} takes 8 to 255 visible ASCII characters"
        raise UsageError(HOW, what=what)
    return key


def keyed_request(request: "Request", route: str, content: "Json") -> KeyedRequest:
    """Return a request by its key; `content` is its body as it was read."""
    key = key_of(request.headers.getlist(HEADER))
    url = request.url
    whole = canonical_json([request.method, url.path, url.query, content], "spaced")
    return KeyedRequest(f"{request.method} {route}", key, sha256(whole).digest())
