"""Connections to Redis whose replies have a size limit and come in time.

The library believes the length that a reply announces and reads all of it, for as long as something
comes now and then. The limits therefore stand at the socket: so many bytes after each question, and
nothing once the call is over. Only connecting is done in a thread of its own, since a look-up of a
name minds no clock; a thread for each question would cost more than the question.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Any, Final

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from coach.brokers.net.deadline import DeadlineExceeded, run_within

PATIENCE_S: Final = 1.0
"""For each silence of Redis."""
CALL_S: Final = 2.5
"""For one question, connecting included."""
CALL_ENDS: Final[ContextVar[float]] = ContextVar("redis_call_ends", default=inf)
"""When the call under way is over, by the monotonic clock."""
LARGEST_REPLY = 2_000_000
"""Bytes; a value is never larger than half of it."""


@contextmanager
def one_call() -> Iterator[None]:
    """Let what is asked of Redis in this block be answered within CALL_S in all."""
    before = CALL_ENDS.set(monotonic() + CALL_S)
    try:
        yield
    finally:
        CALL_ENDS.reset(before)


def is_late() -> bool:
    """Say whether the call under way is over."""
    return CALL_ENDS.get() <= monotonic()


class LimitedSocket:
    """A socket that gives at most LARGEST_REPLY bytes after each question, and none too late."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._received = 0

    def sendall(self, data: bytes) -> None:
        """Send a question; its reply is counted from nothing."""
        self._received = 0
        self._hurry()
        self._line.sendall(data)

    def recv(self, size: int) -> bytes:
        """Return the next bytes of a reply."""
        self._hurry()
        data = self._line.recv(size)
        self._count(len(data))
        return data

    def recv_into(self, buffer: bytearray, *rest: int) -> int:
        """Read the next bytes of a reply into a buffer."""
        self._hurry()
        size = self._line.recv_into(buffer, *rest)
        self._count(size)
        return size

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a socket has
        return getattr(self._line, name)

    def _hurry(self) -> None:
        """Wait no longer than the call lasts; TimeoutError where it is over."""
        left_s = CALL_ENDS.get() - monotonic()
        if left_s <= 0:
            raise TimeoutError
        patience = self._line.gettimeout()
        wanted = min(left_s, PATIENCE_S)
        if patience != wanted and (patience is None or patience > 0):
            self._line.settimeout(wanted)

    def _count(self, size: int) -> None:
        self._received += size
        if self._received > LARGEST_REPLY:
            raise RedisConnectionError(f"a reply of more than {LARGEST_REPLY / 1e6:g} MB (limit)")


def _connected(connect: Callable[[], Any]) -> LimitedSocket:
    """Return a socket that was connected before the call is over; TimeoutError else."""
    try:
        return LimitedSocket(run_within(min(CALL_ENDS.get() - monotonic(), CALL_S), connect))
    except DeadlineExceeded:
        raise TimeoutError from None


class LimitedConnection(Connection):
    """A connection over TCP."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return _connected(super()._connect)


class LimitedTlsConnection(SSLConnection):
    """A connection over TLS."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return _connected(super()._connect)


class LimitedUnixConnection(UnixDomainSocketConnection):
    """A connection over a Unix socket."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return _connected(super()._connect)


BY_SCHEME = {
    "redis": LimitedConnection,
    "rediss": LimitedTlsConnection,
    "unix": LimitedUnixConnection,
}
"""The kind of connection that a URL asks for."""
