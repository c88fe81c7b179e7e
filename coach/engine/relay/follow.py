"""Following one user's events from within this process, as a terminal and a script do."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import monotonic, sleep

import psycopg

from coach.engine.outbox import read
from coach.engine.relay.devices import DeviceCursor
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.stored import stored
from coach.engine.relay.stream import Frame, Hello, ResumePoint, StreamSession
from coach.engine.relay.tail import PAUSE_S, Tail
from coach.errors import DatabaseTrouble, EventsReplaced
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, StreamHead

PATIENCE_S = 60.0
"""Without a database before a follower gives up."""

Connect = Callable[[], psycopg.Connection]


def follow(
    connect: Connect,
    user_id: UserId,
    after: EventId | None,
    stop: Callable[[], bool],
    pause_s: float = PAUSE_S,
) -> Generator[Event, None, None]:
    """Yield the user's events as `follow_over` does, over a tail that nobody else uses."""
    with Tail(connect, pause_s) as tail:
        yield from follow_over(tail, user_id, after, stop)


def follow_over(
    tail: Tail,
    user_id: UserId,
    after: EventId | None,
    stop: Callable[[], bool],
    device: DeviceCursor | None = None,
) -> Generator[Event, None, None]:
    """Yield the user's events after this id, and every later one as it comes, until `stop`.

    Any number of followers share a tail. An event is acknowledged when the next one is asked for;
    without an id a `device` goes on where it acknowledged, and others begin with the oldest event.
    A lost connection is made again, and reading goes on where it was. DatabaseTrouble where there
    is none for a minute; EventsReplaced where events that were not read yet have left, or the
    database went back in time.
    """
    known = device.open() if device is not None and after is None else None
    follower = _Follower(tail, user_id, StreamSession(), device)
    # One visit for all of it: who comes back among many queues for a connection once.
    with tail.readers.connection() as connection:
        begin = read.start(connection, user_id, after)
        there = read.head(connection, user_id)
        point = ResumePoint(begin.seq if after is not None else there.floor - 1, known=True)
        if known is not None:
            point = ResumePoint(known.seq, known=True, epoch=known.epoch)
        follower.require_continuity(follower.stream.open(point, there))
        first = read.page(connection, user_id, follower.stream.sent, read.PAGE)
        if read.head(connection, user_id).epoch != there.epoch:
            first = []
    try:
        with tail.following(user_id, there) as box:
            yield from follower.events(box, there, first, stop)
    finally:
        if device is not None:
            device.close()


@dataclass(frozen=True, slots=True)
class _Follower:
    tail: Tail
    user_id: UserId
    stream: StreamSession
    device: DeviceCursor | None

    def events(
        self, box: Mailbox, there: StreamHead, first: list[Event], stop: Callable[[], bool]
    ) -> Generator[Event, None, None]:
        """Yield `first` and what comes then, from the mailbox or the database.

        Each is acknowledged once the next one is asked for.
        """
        stream = self.stream
        found = first if first and first[0].seq == stream.sent + 1 else []
        while not stop():
            _require_database(self.tail)
            if self.device is not None:
                self.device.flush(monotonic())
            for frame in stream.look(there, monotonic()):
                self.require_continuity(frame)
            wanted = stream.wanted()
            assert wanted is not None, "every event is acknowledged before the next is fetched"
            found = found or box.read(*wanted) or self._stored(box, *wanted)
            if box.there.epoch != there.epoch:  # what was found may be of the new one
                there, found = box.there, []
                continue
            for event in stream.take(found, monotonic()):
                yield event
                self._acknowledge(event.seq)
                if stop():
                    return
            found = []
            there = box.there
            if stream.sent >= there.head:
                there = box.wait(there, self.tail.pause_s)

    def require_continuity(self, frame: Frame) -> None:
        """Raise EventsReplaced where what comes next is not what comes after the last event."""
        if not isinstance(frame, Hello) or frame.recovered:
            return
        what = (
            "events have left that were not read yet"
            if frame.reason == "retention"
            else "the events are of another epoch: the database went back in time"
        )
        if self.device is None:
            raise EventsReplaced(what=what, remedy="read_anew")
        raise EventsReplaced(what=what, device=self.device.name, remedy="forget_device")

    def _acknowledge(self, seq: int) -> None:
        self.stream.ack(seq)
        if self.device is not None:
            self.device.ack(self.stream.epoch, seq)
            self.device.flush(monotonic())

    def _stored(self, box: Mailbox, after: int, limit: int) -> list[Event]:
        """Return what is wanted from the database; nothing where it does not answer."""
        try:
            return stored(self.tail, box, self.user_id, self.stream.epoch, (after, limit))
        except (psycopg.OperationalError, DatabaseTrouble):
            sleep(self.tail.pause_s)
            return []


def _require_database(tail: Tail) -> None:
    """Raise DatabaseTrouble where there has been no database for too long."""
    tail.break_if_silent()
    if tail.down_since is not None and monotonic() - tail.down_since > PATIENCE_S:
        raise DatabaseTrouble(what="it has not answered for a minute", remedy="look_closer")
