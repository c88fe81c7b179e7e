"""One thread that wakes followers for all writers of a process that goes on, as a server does."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Self

import psycopg

from coach.engine.outbox.wakes import WINDOW_S, wake
from coach.engine.store.connect import CoachConnection
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId

END_PATIENCE_S = 5.0


class Notifier:
    """Gathers the hints of all connections of a process; `with` starts it and sends what is left.

    The first is sent at once, then one at most in WINDOW_S, over a connection of its own. What it
    cannot send is left out: followers look by themselves.
    """

    def __init__(self, connect: Callable[[], CoachConnection], window_s: float = WINDOW_S) -> None:
        self._connect = connect
        self._window_s = window_s
        self._changed = Condition()
        self._waiting: set[UserId] = set()
        self._over = False
        self._opened: CoachConnection | None = None
        self._thread = Thread(target=self._run, name="coach-notifier", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join(END_PATIENCE_S)

    def gather_from(self, connection: CoachConnection) -> None:
        """Tell of what is committed over this connection."""
        connection.wakes = self

    def add(self, connection: CoachConnection, users: Iterable[UserId]) -> None:  # noqa: ARG002
        """Wake the followers of these users now or soon."""
        with self._changed:
            self._waiting.update(users)
            self._changed.notify()

    def flush(self, connection: CoachConnection) -> None:
        """Do nothing: what waits is sent soon, whichever connection is closed."""

    def _run(self) -> None:
        sent = float("-inf")
        while users := self._next(sent + self._window_s):
            self._send(users)
            sent = monotonic()
        if self._opened is not None:
            self._opened.close()

    def _next(self, due: float) -> set[UserId]:
        """Return whom to wake, once somebody waits and it is time; nobody at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over)
            over = self._over
        if not over:
            sleep(max(0.0, due - monotonic()))
        with self._changed:
            users, self._waiting = self._waiting, set()
        return users

    def _send(self, users: set[UserId]) -> None:
        with suppress(psycopg.Error, DatabaseTrouble):
            if self._opened is None or self._opened.closed:
                self._opened = self._connect()
            wake(self._opened, users)
