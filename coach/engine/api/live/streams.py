"""Streams of events for whoever follows a process from outside: sockets, event sources."""

from coach.engine.relay.hub import StreamHub, TooManyStreams
from coach.engine.relay.live import RESTART, TRY_LATER, LiveStream, ResumeRequest
from coach.engine.relay.stream import (
    BAD_REQUEST,
    SIGNED_OUT,
    STALLED,
    Closed,
    Frame,
    Hello,
    OutOfStep,
)

__all__ = [
    "BAD_REQUEST",
    "RESTART",
    "SIGNED_OUT",
    "STALLED",
    "TRY_LATER",
    "Closed",
    "Frame",
    "Hello",
    "LiveStream",
    "OutOfStep",
    "ResumeRequest",
    "StreamHub",
    "TooManyStreams",
]
