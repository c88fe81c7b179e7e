"""A proxy on loopback for a library that brings an HTTP client of its own.

The library is told to use it. It reaches one server and no other, and breaks the connection off
when an answer is larger than the limit; TLS passes through untouched, so that only the two ends
see what is said. Where the environment names a proxy for that server, it is used on the way.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Thread
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

LOOPBACK = "127.0.0.1"
CONNECT_S = 5.0
STALLED_S = 60.0
LOOK_S = 0.5
PIECE = 65_536
LONGEST_HEAD = 16_384
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server that is meant, and the environment's proxy on the way to it, if any."""

    server: SplitResult
    proxy: SplitResult | None

    @property
    def origin(self) -> bytes:
        """Return what a plain request to a proxy puts before its path."""
        return f"{self.server.scheme}://{self.server.netloc}".encode()

    @property
    def target(self) -> bytes:
        """Return what a tunnel must be asked to lead to."""
        return f"{self.server.hostname}:{port_of(self.server)}".encode()

    @property
    def login(self) -> str:
        """Return the proxy's name and password as a URL holds them, with an @; or nothing."""
        if self.proxy is None or "@" not in self.proxy.netloc:
            return ""
        return f"{self.proxy.netloc.rpartition('@')[0]}@"

    def connect(self) -> socket.socket:
        """Open a connection to the server, or to the proxy on the way."""
        first = self.proxy or self.server
        line = socket.create_connection((first.hostname, port_of(first)), CONNECT_S)
        line.settimeout(STALLED_S)
        if self.proxy is not None and self.proxy.scheme == "https":
            return ssl.create_default_context().wrap_socket(line, server_hostname=first.hostname)
        return line


def upstream_of(url: str) -> Upstream:
    """Return the way to a server; ValueError where the environment's proxy cannot be used."""
    server = urlsplit(url)
    named = None if proxy_bypass(server.hostname or "") else getproxies().get(server.scheme)
    proxy = urlsplit(named if "://" in named else f"http://{named}") if named else None
    if proxy is not None and (proxy.scheme not in PORTS or not proxy.hostname):
        raise ValueError("the environment names a proxy that cannot be used")
    return Upstream(server, proxy)


def port_of(url: SplitResult) -> int:
    """Return a URL's port, or the usual one of its scheme."""
    return url.port or PORTS[url.scheme]


class LimitingProxy:
    """A listening proxy; `broken` says which limit an answer went beyond, empty while none did.

    Once it is broken no connection is served until `mend` is called: a library that tries again
    would only get the same answer.
    """

    def __init__(self, upstream: Upstream, most_bytes: int) -> None:
        self._upstream = upstream
        self._most_bytes = most_bytes
        self._closed = Event()
        self._listener = socket.create_server((LOOPBACK, 0))
        self._listener.settimeout(LOOK_S)
        self.broken = ""
        self.url = f"http://{upstream.login}{LOOPBACK}:{self._listener.getsockname()[1]}"
        Thread(target=self._listen, name="coach-limits", daemon=True).start()

    def mend(self) -> None:
        """Forget that a limit was broken."""
        self.broken = ""

    def close(self) -> None:
        """Take no more connections; those that are open end within half a second."""
        self._closed.set()
        self._listener.close()

    def _listen(self) -> None:
        while not self._closed.is_set():
            with suppress(TimeoutError, OSError):
                line, _ = self._listener.accept()
                Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, library: socket.socket) -> None:
        with ExitStack() as open_sockets, suppress(OSError):
            open_sockets.enter_context(library)
            if self.broken:
                return
            library.settimeout(STALLED_S)
            tunnel = self._upstream.server.scheme == "https" and self._upstream.proxy is None
            if tunnel and not self._is_for_the_server(library):
                library.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                return
            server = open_sockets.enter_context(self._upstream.connect())
            if tunnel:
                library.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            self._exchange(library, server)

    def _is_for_the_server(self, library: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
            piece = library.recv(PIECE)
            if not piece:
                return False
            head += piece
        words = head.split(b" ", 2)
        return words[:2] == [b"CONNECT", self._upstream.target]

    def _exchange(self, library: socket.socket, server: socket.socket) -> None:
        """Pass bytes both ways until an end closes; each question begins a new count."""
        answered, asking = 0, False
        plain = self._upstream.server.scheme == "http" and self._upstream.proxy is None
        with DefaultSelector() as waiting:
            waiting.register(library, EVENT_READ)
            waiting.register(server, EVENT_READ)
            while not self._closed.is_set():
                for ready in readable(waiting, server):
                    piece = ready.recv(PIECE)
                    if not piece:
                        return
                    if ready is library:
                        if plain and not asking:
                            piece = self._to_the_server(piece, library.recv)
                        answered, asking = 0, True
                        server.sendall(piece)
                        continue
                    answered, asking = answered + len(piece), False
                    if answered > self._most_bytes:
                        self.broken = (
                            f"an answer of more than {self._most_bytes / 1e6:g} MB (limit)"
                        )
                        return
                    library.sendall(piece)

    def _to_the_server(self, piece: bytes, more: Callable[[int], bytes]) -> bytes:
        """Return the beginning of a plain request as the server itself takes it.

        OSError for a request to another server: no redirect leads out of here.
        """
        while b"\r\n" not in piece and len(piece) < LONGEST_HEAD:
            further = more(PIECE)
            if not further:
                break
            piece += further
        method, _, rest = piece.partition(b" ")
        if not rest.startswith(self._upstream.origin + b"/"):
            raise ConnectionError("a request to another server")
        return method + b" " + rest.removeprefix(self._upstream.origin)


def readable(waiting: DefaultSelector, secure: socket.socket) -> list[socket.socket]:
    """Return the ends that have something to say, within LOOK_S seconds."""
    if isinstance(secure, ssl.SSLSocket) and secure.pending():
        return [secure]
    return [key.fileobj for key, _ in waiting.select(LOOK_S)]  # type: ignore[misc]
