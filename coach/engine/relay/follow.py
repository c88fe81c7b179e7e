"""Following one user's events from within this process, as a terminal and a script do."""

from collections.abc import Callable, Generator
from time import monotonic, sleep

import psycopg

from coach.engine.outbox import read
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.stream import Hello, ResumePoint, StreamSession
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
    """Yield the user's events after this id, and every later one as it comes, until `stop`.

    A lost connection is made again, and reading goes on where it was. DatabaseTrouble where there
    is none for a minute; EventsReplaced where events that were not read yet have left, or the
    database went back in time.
    """
    with connect() as connection:
        begin = read.start(connection, user_id, after)
        there = read.head(connection, user_id)
    stream = StreamSession()
    seq = begin.seq if after is not None else there.floor - 1
    stream.open(ResumePoint(seq, known=True), there)
    with Tail(connect, pause_s) as tail, tail.following(user_id, there) as box:
        while not stop():
            _require_database(tail)
            _require_all(stream, there)
            wanted = stream.wanted()
            assert wanted is not None, "every event is acknowledged before the next is fetched"
            found = box.read(*wanted) or _stored(connect, user_id, box, wanted, pause_s)
            for event in stream.take(found, monotonic()):
                yield event
                stream.ack(event.seq)
            there = box.wait(there, pause_s) if stream.sent >= box.there.head else box.there


def _require_database(tail: Tail) -> None:
    """Raise DatabaseTrouble where there has been no database for too long."""
    tail.break_if_silent()
    if tail.down_since is not None and monotonic() - tail.down_since > PATIENCE_S:
        raise DatabaseTrouble(what="it has not answered for a minute", remedy="look_closer")


def _require_all(stream: StreamSession, there: StreamHead) -> None:
    """Raise EventsReplaced where what comes next is not what comes after the last event."""
    for frame in stream.look(there, monotonic()):
        if isinstance(frame, Hello) and not frame.recovered:
            raise EventsReplaced(
                what="events have left that were not read yet"
                if frame.reason == "retention"
                else "the events are of another epoch: the database went back in time",
                remedy="read_anew",
            )


def _stored(
    connect: Connect, user_id: UserId, box: Mailbox, wanted: tuple[int, int], pause_s: float
) -> list[Event]:
    """Return what is wanted from the database, which the mailbox does not have at hand.

    None where the database does not answer, or has something else by now: the mailbox knows then.
    """
    after, limit = wanted
    if after >= box.there.head:
        return []
    try:
        with connect() as connection:
            found = read.page(connection, user_id, after, min(limit, read.PAGE))
            if not found or found[0].seq != after + 1:
                box.put(read.head(connection, user_id))
                return []
            return found
    except (psycopg.OperationalError, DatabaseTrouble):
        sleep(pause_s)
        return []
