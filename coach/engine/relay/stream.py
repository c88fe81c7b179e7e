"""One follower's stream of events, without input or output: what to fetch, what to send, its end.

Whoever has the socket, the file or the terminal drives it: it asks `wanted` for what to fetch,
gives it to `take`, writes the frames that come back, and passes on what the follower says. Times
are seconds of any clock that does not go back.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from coach.model.events import Event, StreamHead

WINDOW = 256
"""Events that may be on their way without having been acknowledged."""
FULL_S = 2.0
"""How long so many may be on their way while others wait; acknowledgements take their time, too."""
LAG_S = 10.0
"""How long an event may be on its way while others wait behind it."""
STALLED_S = 60.0
"""How long a follower that lags may take to say from where it wants to go on."""
FEATURES = ("ack", "resume", "batch")
"""What a stream can do beyond sending; a later version adds words here."""

Reason = Literal["retention", "epoch"]
BAD_REQUEST = 4400
STALLED = 4008
SIGNED_OUT = 4401


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a follower wants to go on: the number that its id names, and what is known of it.

    `known` says that the user has just this event; `epoch` is the one that the follower remembers,
    empty where it remembers none.
    """

    seq: int
    known: bool
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: events follow from the number `start`.

    `recovered` says that nothing is missing between what the follower has and that number; if not,
    `reason` says why, and the follower reads its state anew.
    """

    epoch: str
    head: int
    start: int
    recovered: bool
    reason: Reason | None = None
    features: tuple[str, ...] = FEATURES


@dataclass(frozen=True, slots=True)
class OutOfStep:
    """The follower is behind: nothing is sent until it says where to go on, from `start` on."""

    epoch: str
    start: int
    head: int
    synced: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of the stream, with a close code of WebSockets and a reason in a few words."""

    code: int
    reason: str


Frame = Hello | Event | OutOfStep | Closed


class StreamGap(Exception):
    """Events were handed over that do not follow the last ones: the caller's mistake."""


class StreamSession:
    """A stream, from its hello to its end; `sent` and `acked` are numbers of events."""

    def __init__(self) -> None:
        self.sent = self.acked = 0
        self.epoch = ""
        self.closed: Closed | None = None
        self._lagging_since: float | None = None
        self._on_their_way: deque[tuple[int, float]] = deque()

    def open(self, point: ResumePoint | None, there: StreamHead) -> Hello | Closed:
        """Return the first frame, or the one that goes on where the follower says it is.

        Without a point the stream begins with the next event. A point of this very epoch at which
        the user has another event is somebody else's: Closed.
        """
        self.epoch = there.epoch
        hello = _hello(point, there)
        if hello is None:
            self.closed = Closed(BAD_REQUEST, "no such event")
            return self.closed
        self._go_on_from(hello.start)
        return hello

    def wanted(self) -> tuple[int, int] | None:
        """Return after which number to fetch events, and at most how many; None: nothing now."""
        room = WINDOW - (self.sent - self.acked)
        if self.closed or self._lagging_since is not None or room <= 0:
            return None
        return self.sent, room

    def take(self, events: Sequence[Event], now: float) -> list[Event]:
        """Return the events to write; those that were sent before are left out.

        StreamGap where they do not follow what was sent, or nothing was wanted.
        """
        new = [event for event in events if event.seq > self.sent]
        numbers = [event.seq for event in new]
        if numbers != list(range(self.sent + 1, self.sent + 1 + len(new))):
            raise StreamGap(f"{numbers} after {self.sent}")
        if new and self.wanted() is None:
            raise StreamGap("nothing was wanted")
        for event in new:
            self._on_their_way.append((event.seq, now))
        self.sent += len(new)
        return new

    def ack(self, seq: int) -> list[Frame]:
        """Note that the follower has applied all events up to this number."""
        if seq > self.sent or seq < 0:
            return self._close(BAD_REQUEST, f"ack {seq} is beyond {self.sent}")
        self.acked = max(self.acked, seq)
        while self._on_their_way and self._on_their_way[0][0] <= self.acked:
            self._on_their_way.popleft()
        return []

    def look(self, there: StreamHead, now: float) -> list[Frame]:
        """Return what is due: a new epoch, events that left unsent, a lag, the end of a stall."""
        if self.closed:
            return []
        if not self.epoch:  # the very first event of this user begins an epoch
            self.epoch = there.epoch
        if there.epoch != self.epoch or there.floor > self.sent + 1:
            return [self.open(ResumePoint(self.sent, known=False, epoch=self.epoch), there)]
        if self._lagging_since is not None:
            if now - self._lagging_since >= STALLED_S:
                return self._close(STALLED, "stalled; come back with the last id")
            return []
        if self._lags(there, now):
            self._lagging_since = now
            return [OutOfStep(self.epoch, self.acked + 1, there.head)]
        return []

    def _lags(self, there: StreamHead, now: float) -> bool:
        """Say whether events wait behind ones that were not acknowledged, for too long."""
        if there.head <= self.sent or not self._on_their_way:
            return False
        is_full = self.sent - self.acked >= WINDOW
        return now - self._on_their_way[0][1] > (FULL_S if is_full else LAG_S)

    def _go_on_from(self, start: int) -> None:
        self.sent = self.acked = start - 1
        self._lagging_since = None
        self._on_their_way.clear()

    def _close(self, code: int, reason: str) -> list[Frame]:
        self.closed = Closed(code, reason)
        return [self.closed]


def _hello(point: ResumePoint | None, there: StreamHead) -> Hello | None:
    """Return where a stream begins, and whether that leaves nothing out; None for a wrong point."""
    if point is None:
        return Hello(there.epoch, there.head, there.head + 1, recovered=True)
    another_epoch = bool(point.epoch) and point.epoch != there.epoch
    if another_epoch or point.seq > there.head:
        return Hello(there.epoch, there.head, there.floor, recovered=False, reason="epoch")
    if point.seq + 1 < there.floor:
        return Hello(there.epoch, there.head, there.floor, recovered=False, reason="retention")
    if point.seq >= there.floor and not point.known:
        if point.epoch:
            return None
        return Hello(there.epoch, there.head, there.floor, recovered=False, reason="epoch")
    return Hello(there.epoch, there.head, point.seq + 1, recovered=True)
