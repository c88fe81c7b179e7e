"""A few connections over which all followers of one process read what is not at hand.

However many followers come back at once, no more connections are opened than these; the others
wait for their turn. A connection that nobody used for a while is closed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic

import psycopg

MOST = 4
IDLE_S = 5.0
"""After which an unused connection is closed."""


class Readers:
    """At most `most` connections, opened when they are needed."""

    def __init__(self, connect: Callable[[], psycopg.Connection], most: int = MOST) -> None:
        self._connect = connect
        self._turns = BoundedSemaphore(most)
        self._lock = Lock()
        self._idle: list[tuple[float, psycopg.Connection]] = []

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Lend a connection; one over which something went wrong is closed, as are the idle."""
        with self._turns:
            with self._lock:
                lent = self._idle.pop()[1] if self._idle else None
            lent = lent or self._connect()
            try:
                yield lent
            except BaseException:
                lent.close()
                self.close_idle(0.0)
                raise
            with self._lock:
                self._idle.append((monotonic(), lent))

    def close_idle(self, longer_than_s: float = IDLE_S) -> None:
        """Close what nobody has used for so long."""
        since = monotonic() - longer_than_s
        with self._lock:
            old = [one for at, one in self._idle if at <= since]
            self._idle = [(at, one) for at, one in self._idle if at > since]
        for one in old:
            one.close()
