"""Whether a process of this home is well, asked from outside of it, as containers and monitors do.

A server is asked over loopback. A worker listens nowhere: it touches a file while its loop turns
and its database answers. Neither takes a database or a client library, so an answer is quick.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Literal

from coach.engine.jobs.sign_of_life import BEAT_S, sign_of_life

if TYPE_CHECKING:
    from pathlib import Path

    from coach.model.machine.home import Home
    from coach.model.machine.process_kind import ProcessKind

PATHS = {"serve": "/readyz", "engine": "/healthz"}
LOOPBACK = "127.0.0.1"
PATIENCE_S = 4.0
"""Shorter than what containers usually wait for such a command."""
LARGEST_ANSWER = 100_000
MISSED_BEATS = 4
WELL = 200


@dataclass(frozen=True, slots=True)
class ProcessHealth:
    """Whether a process is well, and what was seen of it."""

    process: ProcessKind
    ok: bool
    detail: str


def ask_server(kind: Literal["serve", "engine"], port: int) -> ProcessHealth:
    """Ask a server on this machine whether it can answer; one that takes too long cannot."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", PATHS[kind])
        answer = connection.getresponse()
        body = answer.read(LARGEST_ANSWER)
    except TimeoutError:
        return ProcessHealth(kind, ok=False, detail=f"no answer within {PATIENCE_S:g} s")
    except (OSError, HTTPException) as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble) or type(trouble).__name__
        return ProcessHealth(kind, ok=False, detail=f"port {port}: {reason}")
    finally:
        connection.close()
    if answer.status != WELL:
        return ProcessHealth(kind, ok=False, detail=_reason(answer.status, body))
    return ProcessHealth(kind, ok=True, detail=f"it answers on port {port}")


def _reason(status: int, body: bytes) -> str:
    """Return the failed checks that an answer names, else its status."""
    try:
        checks = json.loads(body)["checks"]
        failed = [f"{one['name']}: {one['detail']}" for one in checks if one["state"] == "error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        failed = []
    return "; ".join(failed) or f"it answered with status {status}"


def look_at_worker(home: Home, now: datetime) -> ProcessHealth:
    """Look when a worker of this home and machine gave its last sign of life."""
    sign = sign_of_life(home.state)
    last = _last_touched(sign)
    if last is None:
        return ProcessHealth("worker", ok=False, detail=f"there is no {sign}")
    age = now - last
    if age > timedelta(seconds=MISSED_BEATS * BEAT_S):
        detail = f"its last sign of life is {age.total_seconds():.0f} s old ({sign})"
        return ProcessHealth("worker", ok=False, detail=detail)
    return ProcessHealth("worker", ok=True, detail=f"it beats every {BEAT_S:g} s")


def _last_touched(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
