"""Connections to Redis whose replies have a size limit.

The library believes the length that a reply announces and reads all of it. The limit therefore
stands at the socket: so many bytes after each question, and no more.
"""

import socket
from typing import Any

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError

LARGEST_REPLY = 2_000_000
"""Bytes; a value is never larger than half of it."""


class LimitedSocket:
    """A socket that gives at most LARGEST_REPLY bytes after each question."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._received = 0

    def sendall(self, data: bytes) -> None:
        """Send a question; its reply is counted from nothing."""
        self._received = 0
        self._line.sendall(data)

    def recv(self, size: int) -> bytes:
        """Return the next bytes of a reply."""
        data = self._line.recv(size)
        self._count(len(data))
        return data

    def recv_into(self, buffer: bytearray, *rest: int) -> int:
        """Read the next bytes of a reply into a buffer."""
        size = self._line.recv_into(buffer, *rest)
        self._count(size)
        return size

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a socket has
        return getattr(self._line, name)

    def _count(self, size: int) -> None:
        self._received += size
        if self._received > LARGEST_REPLY:
            raise RedisConnectionError(f"a reply of more than {LARGEST_REPLY / 1e6:g} MB (limit)")


class LimitedConnection(Connection):
    """A connection over TCP."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return LimitedSocket(super()._connect())  # type: ignore[no-untyped-call]


class LimitedTlsConnection(SSLConnection):
    """A connection over TLS."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return LimitedSocket(super()._connect())  # type: ignore[no-untyped-call]


class LimitedUnixConnection(UnixDomainSocketConnection):
    """A connection over a Unix socket."""

    def _connect(self) -> Any:  # noqa: ANN401 -- the library's own signature
        return LimitedSocket(super()._connect())  # type: ignore[no-untyped-call]


BY_SCHEME = {
    "redis": LimitedConnection,
    "rediss": LimitedTlsConnection,
    "unix": LimitedUnixConnection,
}
"""The kind of connection that a URL asks for."""
