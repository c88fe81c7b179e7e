"""What a stream says, as JSON: every frame has the fields of an event.

Where a frame is no event, `type` is `hello`, `sync` or `closed`; `seq` and `id` say after which
event the stream goes on, and `id` is null where that event is unknown.
"""

from secrets import randbelow
from typing import TYPE_CHECKING

from coach.engine.api.live.streams import Closed, Frame, Hello, LiveStream, OutOfStep
from coach.model.events import Event
from coach.model.plain import time_text
from coach.views import events as event_views
from coach.wording.json_text import compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from coach.model.events import Json

VERSION = 1
KEPT = 512
"""Events whose lines are at hand: followers of one user get an event at about the same time."""
AGAIN_MS = 1000
SPREAD_MS = 4000
"""Followers of a server that ends come back spread over so long."""


def retry_ms() -> int:
    """Return after how long to come back: another time for each, so that not all come at once."""
    return AGAIN_MS + randbelow(SPREAD_MS)


class FrameLines:
    """Frames as lines of JSON; that of an event is made once for all sockets that get it."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], str] = {}

    def message(
        self, frames: "Sequence[Frame]", stream: LiveStream, now: "datetime", *, in_batch: bool
    ) -> str:
        """Return frames as one message: an array of them in a batch, else the only one there is."""
        lines = [self.line(frame, stream, now) for frame in frames]
        return f"[{','.join(lines)}]" if in_batch else lines[0]

    def line(self, frame: Frame, stream: LiveStream, now: "datetime") -> str:
        """Return a frame as one line of JSON."""
        if not isinstance(frame, Event):
            return frame_json(frame, stream, now)
        key = frame.id, frame.epoch
        line = self._events.get(key)
        if line is None:
            line = self._events[key] = event_views.line(frame)
            if len(self._events) > KEPT:
                del self._events[next(iter(self._events))]
        return line


def batched(frames: "Sequence[Frame]", most: int) -> "Iterator[Sequence[Frame]]":
    """Yield so many frames at a time."""
    for first in range(0, len(frames), most):
        yield frames[first : first + most]


def frame_json(frame: Frame, stream: LiveStream, now: "datetime", again_ms: int = 0) -> str:
    """Return a frame as one line of JSON; `again_ms` is when to come back after the last one."""
    if isinstance(frame, Event):
        return event_views.line(frame)
    return compact(
        {
            "id": stream.acked_id or None,
            "seq": stream.acked,
            "epoch": stream.epoch,
            "type": kind_of(frame),
            "v": VERSION,
            "ts": time_text(now),
            "payload": _payload(frame, stream, again_ms),
        }
    )


def kind_of(frame: Frame) -> str:
    """Return the type of a frame."""
    match frame:
        case Event():
            return frame.type
        case Hello():
            return "hello"
        case OutOfStep():
            return "sync"
        case Closed():
            return "closed"


def _payload(
    frame: Hello | OutOfStep | Closed, stream: LiveStream, again_ms: int
) -> "dict[str, Json]":
    if isinstance(frame, Hello):
        told = {"head": frame.head, "from": frame.start, "recovered": frame.recovered}
        return {**told, "reason": frame.reason, "features": list(frame.features)}
    if isinstance(frame, OutOfStep):
        since = f"?since={stream.acked_id}" if stream.acked_id else ""
        place = {"synced": frame.synced, "from": frame.start, "head": frame.head}
        return {**place, "fetch": f"/api/events{since}"}
    return {"code": frame.code, "reason": frame.reason, "retry_ms": again_ms or retry_ms()}
