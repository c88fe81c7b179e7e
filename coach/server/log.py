"""The log: one JSON object a line; no query, no header, no body, and secrets taken out.

What is asked for may name trades and quote notes, so of a request only its path is written.
"""

import json
import logging
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING, Any

from coach.model.machine.home import private_folder
from coach.model.plain import time_text
from coach.settings.redaction import redact
from coach.wording.visible import visible_json

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 10_000_000
KEPT = 3
LONGEST_PATH = 200
OURS = "coach.serve"
LOGGERS = (OURS, "uvicorn", "uvicorn.error", "psycopg.pool")
UNEXPECTED = 500
REFUSED_SOCKET = "ASGI callable returned without completing handshake."
"""The library's word for each socket that is refused before it opens; ours says why."""


class JsonLines(logging.Formatter):
    """Writes a record as a line of JSON, with the fields that came with it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "ts": time_text(self._clock()),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return visible_json(redact(json.dumps(line, ensure_ascii=False, separators=(",", ":"))))


@contextmanager
def logging_to(file: Path | None, clock: Callable[[], datetime]) -> Iterator[None]:
    """Write the log of the server to a file of its owner's, or to stderr, until the block ends."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        private_folder(file.parent)
        handler = RotatingFileHandler(file, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(JsonLines(clock))
    handler.addFilter(lambda record: record.msg != REFUSED_SOCKET)
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(one, one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.propagate = False
        one.setLevel(logging.INFO if one.name == OURS else logging.WARNING)
    try:
        yield
    finally:
        for one, level, propagates in before:
            one.removeHandler(handler)
            one.setLevel(level)
            one.propagate = propagates
        handler.close()


def note(event: str, **fields: object) -> None:
    """Write what happened, with its facts."""
    logging.getLogger(OURS).info(event, extra={"fields": fields})


def warn(event: str, **fields: object) -> None:
    """Write what somebody should look at, with its facts."""
    logging.getLogger(OURS).warning(event, extra={"fields": fields})


class RequestLog:
    """Notes each request when it has been answered, under an id that its answer carries, too."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on a request and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, number = perf_counter(), token_hex(8)
        scope["coach.request"] = number
        told: dict[str, int] = {"status": UNEXPECTED, "bytes": 0}

        async def watched(message: "Message") -> None:
            _watch(message, told, number)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            path = scope["path"][:LONGEST_PATH]
            ms = round((perf_counter() - began) * 1000, 1)
            note("request", id=number, method=scope["method"], path=path, ms=ms, **told)


def _watch(message: MutableMapping[str, Any], told: dict[str, int], number: str) -> None:
    if message["type"] == "http.response.start":
        told["status"] = message["status"]
        message.setdefault("headers", []).append((b"x-request-id", number.encode()))
    elif message["type"] == "http.response.body":
        told["bytes"] += len(message.get("body", b""))
