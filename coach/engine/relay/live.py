"""One follower's stream within an event loop, whatever its events are written to."""

import asyncio
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import psycopg

from coach.engine.outbox import read
from coach.engine.outbox.ids import after_unknown
from coach.engine.relay.devices import EVERY_S, DeviceCursor
from coach.engine.relay.runtime import StreamRuntime
from coach.engine.relay.stored import stored
from coach.engine.relay.stream import (
    BAD_REQUEST,
    Closed,
    Frame,
    Hello,
    ResumePoint,
    StreamSession,
)
from coach.errors import CoachError
from coach.model.accounts import UserId
from coach.model.events import Event, StreamHead

if TYPE_CHECKING:
    from coach.engine.relay.mailbox import Mailbox

TICK_S = 1.0
"""Between two looks at a stream for which nothing comes."""
PATIENCE_S = 60.0
"""Without a database before streams end."""
RESTART = 1012
TRY_LATER = 1013
NO_DATABASE = Closed(TRY_LATER, "the database does not answer; come back with the last id")


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """The id of the last event that a follower has, and the epoch that it remembers beside it.

    Without an id the stream begins with the next event.
    """

    last_id: str = ""
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What is there, where a follower wants to go on, and the id of the event before that."""

    there: StreamHead
    point: ResumePoint | None
    id: str


class LiveStream:
    """A stream: `open` it, then write what `next_frames` returns, up to a Closed.

    What the follower says, `ack`, `resume` and `refuse` take at any time, in the same event loop.
    `acked_id` is the id of the last event that was acknowledged, or that the stream began after:
    where that one is not known, of its number alone, so that a follower can always come back.
    """

    def __init__(
        self, runtime: StreamRuntime, user_id: UserId, device: DeviceCursor | None
    ) -> None:
        self.user_id = user_id
        self.acked_id = ""
        self._runtime = runtime
        self._device = device
        self._session = StreamSession()
        self._changed = asyncio.Event()
        self._following = ExitStack()
        self._box: Mailbox | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._began_at = 0
        self._on_their_way: deque[tuple[int, str]] = deque()
        self._resume: ResumeRequest | None = None
        self._refused: Closed | None = None
        self._unsaved: tuple[str, int] | None = None
        self._saved_at = float("-inf")

    @property
    def epoch(self) -> str:
        """Return the epoch of the stream."""
        return self._session.epoch

    @property
    def acked(self) -> int:
        """Return the number of the last event that was acknowledged."""
        return self._session.acked

    @property
    def behind(self) -> int:
        """Return how many events there are that were not acknowledged yet. Any thread may ask."""
        box = self._box
        return 0 if box is None else max(0, box.there.head - self._session.acked)

    def is_news(self, event: Event) -> bool:
        """Say whether an event was committed after the stream began, or went on, where it is."""
        return event.seq > self._began_at

    async def open(self, request: ResumeRequest) -> Frame:
        """Return the first frame, or the one after which the stream goes on elsewhere."""
        try:
            found = await self._runtime.in_thread(self._locate, request)
        except (psycopg.Error, CoachError):
            return NO_DATABASE
        if found is None:
            return Closed(BAD_REQUEST, "that is not the id of an event")
        if self._box is None:
            self._box = self._following.enter_context(
                self._runtime.tail.following(self.user_id, found.there)
            )
            loop = asyncio.get_running_loop()
            self._following.enter_context(self._box.watched(lambda: self._look_again_from(loop)))
            self._tick(loop)
            self._following.callback(self._tick_no_longer)
        frame = self._session.open(found.point, found.there)
        self._begin_after(frame, found.id if isinstance(frame, Hello) and frame.recovered else "")
        return frame

    async def next_frames(self) -> list[Frame]:
        """Return what is to be written next; nothing where nothing came for a second."""
        self._changed.clear()
        frames = await self._due()
        if not frames:
            await self._changed.wait()
        return frames

    def ack(self, seq: int) -> None:
        """Note that the follower has applied all events up to this number."""
        for frame in self._session.ack(seq):
            assert isinstance(frame, Closed)
            self._refused = frame
        while self._on_their_way and self._on_their_way[0][0] <= self._session.acked:
            self.acked_id = self._on_their_way.popleft()[1]
        self._unsaved = self._session.epoch, self._session.acked
        self.look_again()

    def resume(self, request: ResumeRequest) -> None:
        """Go on where the follower says; of several requests in a row the last one counts."""
        self._resume = request
        self.look_again()

    def refuse(self, reason: str) -> None:
        """End the stream because of what the follower said."""
        self.end(Closed(BAD_REQUEST, reason))

    def end(self, why: Closed) -> None:
        """End the stream, whatever is on its way."""
        self._refused = why
        self.look_again()

    def look_again(self) -> None:
        """Look at the stream now."""
        self._changed.set()

    async def close(self) -> None:
        """Follow no longer, and write down what was acknowledged."""
        self._following.close()
        await self._save()

    async def _due(self) -> list[Frame]:
        self._runtime.tail.break_if_silent()
        if ended := self._end():
            return [ended]
        if self._resume is not None:
            request, self._resume = self._resume, None
            return [await self.open(request)]
        if self._runtime.ticks() - self._saved_at >= EVERY_S:
            await self._save()
        assert self._box is not None, "a stream is opened before it goes on"
        there = self._box.there
        frames = self._session.look(there, self._runtime.ticks())
        for frame in frames:
            if isinstance(frame, Hello):
                self._begin_after(frame, "")
        return frames or [*await self._fetch(there)]

    def _end(self) -> Closed | None:
        """Return why the stream ends now."""
        if self._runtime.draining:
            return Closed(RESTART, "the server ends; come back with the last id")
        if self._refused is not None:
            return self._refused
        down_since = self._runtime.tail.down_since
        if down_since is not None and monotonic() - down_since > PATIENCE_S:
            return NO_DATABASE
        return None

    async def _fetch(self, there: StreamHead) -> list[Event]:
        """Return the next events, as many as may be on their way."""
        wanted, box = self._session.wanted(), self._box
        if wanted is None or there.head <= wanted[0] or box is None:
            return []
        found = box.read(*wanted)
        if not found:
            with suppress(psycopg.Error, CoachError):
                found = await self._runtime.in_thread(
                    stored, self._runtime.tail, box, self.user_id, self.epoch, wanted
                )
        if not found or found[0].epoch != self.epoch or found[0].seq != wanted[0] + 1:
            return []
        events = self._session.take(found, self._runtime.ticks())
        self._on_their_way.extend((event.seq, event.id) for event in events)
        return events

    def _locate(self, request: ResumeRequest) -> _Opening | None:
        """Return where the stream begins; None for an id that is none. Waits for the database."""
        with self._runtime.tail.readers.connection() as connection:
            if request.last_id:
                found = read.named(connection, self.user_id, request.last_id)
                there = read.head(connection, self.user_id)
                if found is None:
                    return None
                seq, known = found
                point = ResumePoint(seq, known=known, epoch=request.epoch)
                return _Opening(there, point, request.last_id.upper())
            there = read.head(connection, self.user_id)
            last = read.page(connection, self.user_id, there.head - 1, 1)
            is_last = bool(last) and last[0].seq == there.head
            return _Opening(there, None, last[0].id if is_last else "")

    def _begin_after(self, frame: Frame, event_id: str) -> None:
        self.acked_id = event_id or after_unknown(self._session.acked)
        self._began_at = frame.head if isinstance(frame, Hello) else self._began_at
        self._on_their_way.clear()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at the stream by the clock: one timer, not one for each time that it waits."""
        self.look_again()
        self._timer = loop.call_later(TICK_S, self._tick, loop)

    def _tick_no_longer(self) -> None:
        assert self._timer is not None
        self._timer.cancel()

    def _look_again_from(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the stream from another thread."""
        self._runtime.calls.add(loop, self.look_again)

    async def _save(self) -> None:
        """Write down what was acknowledged since the last time, for who has a name."""
        if self._device is None or self._unsaved is None:
            return
        place, self._unsaved = self._unsaved, None
        self._saved_at = self._runtime.ticks()
        await self._runtime.in_thread(_write_down, self._device, place)


def _write_down(device: DeviceCursor, place: tuple[str, int]) -> None:
    device.ack(*place)
    device.close()
