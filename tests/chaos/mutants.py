"""Coach with one mistake at a time, each of which a layer of the harness must find.

The mistakes are those that systems of this kind have shipped (docs/chaos.md lists them). They live
here alone: the writers, relays and followers of a run take the mistaken part in place of coach's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes
from typing import Any

import psycopg

from coach.engine.outbox import write
from coach.engine.outbox.ids import RANDOM_BYTES, milliseconds, mint, time_of
from coach.engine.relay.stream import Closed, Frame, Hello, ResumePoint, StreamSession
from coach.engine.relay.tail import Tail
from coach.model.accounts import UserId
from coach.model.events import Event, NewEvent, StreamHead

Events = Mapping[UserId, Sequence[NewEvent]]


class Emit:
    """How coach writes events: last, under the lock of each user."""

    is_of_coach = True

    def before(self, connection: psycopg.Connection, events: Events, now: datetime) -> Any:  # noqa: ANN401, ARG002
        """Do what is done at the beginning of a transaction."""
        return None

    def last(self, connection: psycopg.Connection, events: Events, now: datetime, _: Any) -> None:  # noqa: ANN401
        """Write the events before the commit."""
        write.emit(connection, events, now)


class NumbersTakenEarly(Emit):
    """M1, M2: numbers are taken before the work, and their lock is released at once."""

    is_of_coach = False

    def before(self, connection: psycopg.Connection, events: Events, now: datetime) -> Any:  # noqa: ANN401
        with psycopg.connect(
            connection.info.dsn, password=connection.info.password, autocommit=True
        ) as aside:
            return [
                row
                for user in sorted(events)
                for row in write._placed(aside, user, events[user], now, token_bytes)
            ]

    def last(
        self,
        connection: psycopg.Connection,
        events: Events,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
        early: Any,  # noqa: ANN401
    ) -> None:
        write._insert(connection, early)


class IdsMintedEarly(Emit):
    """M9: the time of an id is that before the lock was had."""

    is_of_coach = False

    def before(self, connection: psycopg.Connection, events: Events, now: datetime) -> Any:  # noqa: ANN401, ARG002
        return milliseconds(now)

    def last(
        self,
        connection: psycopg.Connection,
        events: Events,
        now: datetime,
        early: Any,  # noqa: ANN401
    ) -> None:
        rows: list[write._Row] = [
            (user, mint(early, seq, token_bytes(RANDOM_BYTES)), seq, kind, v, time_of(early), text)
            for each in sorted(events)
            for user, _, seq, kind, v, _, text in write._placed(
                connection, each, events[each], now, token_bytes
            )
        ]
        write._insert(connection, rows)


class GapsPassedOver(StreamSession):
    """M1: a naive cursor sends whatever has a greater number than the last."""

    def take(self, events: Sequence[Event], now: float) -> list[Event]:  # noqa: ARG002
        new = [event for event in events if event.seq > self.sent]
        if new:
            self.sent = self.acked = new[-1].seq
        return new


class ResumedOneTooEarly(StreamSession):
    """M3: a return begins with the event that the follower has."""

    def open(self, point: ResumePoint | None, there: StreamHead) -> Hello | Closed:
        hello = super().open(point, there)
        if isinstance(hello, Hello) and point is not None and hello.recovered and hello.start > 1:
            hello = replace(hello, start=hello.start - 1)
            self._go_on_from(hello.start)
        return hello


class HelloBeforeThePlace(StreamSession):
    """M5: hello is said first, and the place taken from what is there a moment later."""

    _placed = False

    def look(self, there: StreamHead, now: float) -> list[Frame]:
        if not self._placed:
            self._placed = True
            self._go_on_from(max(self.sent, there.head) + 1)
        return super().look(there, now)


class EpochPassedOver(StreamSession):
    """M6: what a restore changed is taken for what was there."""

    def open(self, point: ResumePoint | None, there: StreamHead) -> Hello | Closed:
        if point is not None and point.seq <= there.head:
            point = ResumePoint(point.seq, known=True)
        return super().open(point, there)

    def look(self, there: StreamHead, now: float) -> list[Frame]:
        return super().look(replace(there, epoch=self.epoch), now)


class OverflowDropped(StreamSession):
    """M7: what does not fit is left out, and nobody is told."""

    def look(self, there: StreamHead, now: float) -> list[Frame]:
        if self.wanted() is None and there.head > self.sent and self.closed is None:
            self._go_on_from(there.head + 1)
        return super().look(there, now)


class DeafTail(Tail):
    """M4: after its connection is lost it neither listens again nor looks by itself."""

    _lost = False

    def _listen(self, connection: psycopg.Connection) -> None:
        if self._lost:
            self.down_since = None
            self._over.wait()
        self._lost = True
        super()._listen(connection)


EMITTERS: dict[str, type[Emit]] = {
    "M1": NumbersTakenEarly,
    "M2": NumbersTakenEarly,
    "M9": IdsMintedEarly,
}
SESSIONS: dict[str, type[StreamSession]] = {
    "M1": GapsPassedOver,
    "M3": ResumedOneTooEarly,
    "M5": HelloBeforeThePlace,
    "M6": EpochPassedOver,
    "M7": OverflowDropped,
}
TAILS: dict[str, type[Tail]] = {"M4": DeafTail}


def emitter(mutant: str) -> Emit:
    """Return how events are written."""
    return EMITTERS.get(mutant, Emit)()


def session(mutant: str) -> StreamSession:
    """Return a new stream."""
    return SESSIONS.get(mutant, StreamSession)()


def tail_type(mutant: str) -> type[Tail]:
    """Return what sees new events of a process."""
    return TAILS.get(mutant, Tail)
