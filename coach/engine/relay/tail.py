"""One connection per process that sees new events of all users who are followed there.

A notification is only a hint: the connection looks by itself as well, and looks at everything after
it was lost. A LISTEN that died without a word is found out in three ways: the server is asked what
is listened to, a notification of our own must come back, and whoever waits for the connection
breaks it when it has not moved for too long.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Event as Flag
from threading import Lock, Thread
from time import monotonic
from typing import Self

import psycopg

from coach.engine.outbox import read
from coach.engine.outbox.wakes import CHANNEL
from coach.engine.relay.announcements import AnnouncementCount
from coach.engine.relay.mailbox import KEPT, Mailbox
from coach.engine.relay.readers import Readers
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import StreamHead

PAUSE_S = 0.25
"""Between two looks without a hint."""
CHECK_S = 2.0
"""Between two questions whether the server still knows what is listened to."""
ECHO_S = 30.0
ECHO_PATIENCE_S = 5.0
SILENT_S = 15.0
"""How long a look may take before its connection is given up."""
ECHO = "echo:"


class ListenLost(psycopg.OperationalError):
    """The server no longer tells us about new events."""


@dataclass(slots=True)
class _Listening:
    """What is known of one connection: when it was checked, and which echo it owes us."""

    checked: float
    echo_sent: float
    echo: str = ""


@dataclass(slots=True)
class Tail:
    """Followers by user, and the thread that keeps their mailboxes; `with` starts and ends it."""

    connect: Callable[[], psycopg.Connection]
    pause_s: float = PAUSE_S
    _boxes: dict[UserId, tuple[Mailbox, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _over: Flag = field(default_factory=Flag)
    _thread: Thread | None = None
    _beat: float = field(default_factory=monotonic)
    _connection: psycopg.Connection | None = None
    down_since: float | None = None
    readers: Readers = field(init=False)
    announced: AnnouncementCount = field(default_factory=AnnouncementCount)
    also_look: Callable[[psycopg.Connection], None] | None = None
    """What else is looked at over the same connection, each time."""

    def __post_init__(self) -> None:
        self.readers = Readers(self.connect)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._run, name="coach-tail", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        assert self._thread is not None
        self._thread.join(SILENT_S)
        self.readers.close_idle(0.0)

    @contextmanager
    def following(self, user_id: UserId, there: StreamHead) -> Iterator[Mailbox]:
        """Keep a mailbox for this user while the block runs, beginning at `there`.

        One that others have is shared; what it holds of another epoch is forgotten.
        """
        with self._lock:
            box, followers = self._boxes.get(user_id, (Mailbox(there), 0))
            self._boxes[user_id] = box, followers + 1
        if box.there.epoch != there.epoch:
            box.put(there)
        try:
            yield box
        finally:
            with self._lock:
                box, followers = self._boxes.pop(user_id)
                if followers > 1:
                    self._boxes[user_id] = box, followers - 1

    def break_if_silent(self) -> None:
        """Cut the connection where a look at it has not ended for too long; a new one follows."""
        connection = self._connection
        if connection is None or monotonic() - self._beat < SILENT_S:
            return
        with suppress(OSError, psycopg.Error):
            _cut(connection.fileno())

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with self.connect() as connection:
                    self._connection = connection
                    self._listen(connection)
            except (psycopg.Error, DatabaseTrouble):
                if self.down_since is None:
                    self.down_since = monotonic()
                self._over.wait(min(self.pause_s, PAUSE_S))
            finally:
                self._connection = None
                self._beat = monotonic()

    def _listen(self, connection: psycopg.Connection) -> None:
        """Look at everything once, and then again whenever there is a hint or time has passed."""
        connection.execute(f"listen {CHANNEL}")
        now = monotonic()
        listening = _Listening(checked=now, echo_sent=now)
        self._look(connection)
        self.down_since = None
        while not self._over.is_set():
            self._beat = monotonic()
            was_told = self._wait(connection, listening)
            self.announced.count(self._look(connection), monotonic(), was_told=was_told)
            if self.also_look is not None:
                self.also_look(connection)
            self._check(connection, listening)
            self.readers.close_idle()

    def _wait(self, connection: psycopg.Connection, listening: _Listening) -> bool:
        """Wait for a hint, not for longer than the pause, and say whether one came."""
        was_told = False
        for timeout, most in ((min(self.pause_s, CHECK_S), 1), (0, None)):
            for note in connection.notifies(timeout=timeout, stop_after=most):
                if note.payload == listening.echo:
                    listening.echo = ""
                else:
                    was_told = True
        return was_told

    def _look(self, connection: psycopg.Connection) -> int:
        """Bring every mailbox up to date; return how many events came."""
        with self._lock:
            boxes = {user: box for user, (box, _) in self._boxes.items()}
        if not boxes:
            return 0
        places = {user: box.there for user, box in boxes.items()}
        came = 0
        for news in read.news(connection, places, KEPT):
            boxes[news.user_id].put(news.there, news.events)
            came += news.there.head - places[news.user_id].head
        return max(came, 0)

    def _check(self, connection: psycopg.Connection, listening: _Listening) -> None:
        """Raise ListenLost where notifications no longer come."""
        now = monotonic()
        if listening.echo and now - listening.echo_sent > ECHO_PATIENCE_S:
            raise ListenLost("a notification of our own did not come back")
        if now - listening.checked > CHECK_S:
            listening.checked = now
            channels = connection.execute("select pg_listening_channels()").fetchall()
            if (CHANNEL,) not in channels:
                raise ListenLost("the server has forgotten that we listen")
        if not listening.echo and now - listening.echo_sent > ECHO_S:
            listening.echo, listening.echo_sent = ECHO + token_hex(8), now
            connection.execute("select pg_notify(%s, %s)", (CHANNEL, listening.echo))


def _cut(descriptor: int) -> None:
    """End both directions of a socket that another thread waits for."""
    with socket.socket(fileno=os.dup(descriptor)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
