"""The one HTTP client: requests within limits that no server can stretch.

An answer has a time limit from the first look-up to the last byte and a size limit after
unpacking. No redirect is followed, no cookie kept, nothing retried and no word logged; only gzip
is unpacked, piece by piece. What goes wrong comes back as a `NoAnswer`, which never quotes the
request.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from time import monotonic
from types import TracebackType
from typing import Literal, Self

import httpx2

from coach.brokers.address import is_here, neighbour_address, safe_address
from coach.brokers.net.deadline import DeadlineExceeded, run_within
from coach.brokers.net.parsing import printable
from coach.errors import ConfigError

PIECE = 65_536
LONGEST_REASON = 160

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one answer may cost; times are in seconds.

    `body_bytes` counts the unpacked body: parsed JSON takes about 28 times as much memory.
    """

    connect_s: float = 5.0
    silence_s: float = 20.0
    answer_s: float = 30.0
    body_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer, its body unpacked."""

    status: int
    headers: httpx2.Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no answer.

    down: none came in time, and a later try may help · lied: what came is no answer to use.
    """

    fault: Literal["down", "lied"]
    reason: str


class HttpClient:
    """The connections to one server; close it, or use it as a context."""

    def __init__(
        self,
        base_url: str,
        name: str,
        transport: httpx2.BaseTransport | None = None,
        limits: HttpLimits | None = None,
        ticks: Callable[[], float] = monotonic,
        *,
        neighbour: bool = False,
    ) -> None:
        checked = neighbour_address if neighbour else safe_address
        self._address = checked(base_url, f"{name} url")
        self._transport = transport
        self._limits = limits or HttpLimits()
        self._ticks = ticks
        self._http = self._connections()

    @property
    def host(self) -> str:
        """Return the host, with its port if the address has one."""
        return self._address.netloc.decode("ascii")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(
        self, path: str, params: Params = (), headers: Mapping[str, str] | None = None
    ) -> HttpAnswer | NoAnswer:
        """Ask once and return the whole answer, or why there is none."""
        return self._exchange("GET", path, headers, params)

    def post(
        self, path: str, form: bytes, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer | NoAnswer:
        """Send a form once, byte for byte, and return the whole answer, or why there is none."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._exchange("POST", path, {**kind, **(headers or {})}, content=form)

    def _exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        params: Sequence[tuple[str, str]] = (),
        content: bytes | None = None,
    ) -> HttpAnswer | NoAnswer:
        http, until = self._http, self._ticks() + self._limits.answer_s
        try:
            request = http.build_request(
                method, path, params=list(params) or None, headers=headers, content=content
            )
        except (httpx2.InvalidURL, ValueError):
            return NoAnswer("lied", "it gave a name or a cursor that fits into no address")
        try:
            return run_within(self._limits.answer_s, lambda: self._send(http, request, until))
        except DeadlineExceeded:
            self._start_over()
            return self._late()

    def _send(
        self, http: httpx2.Client, request: httpx2.Request, until: float
    ) -> HttpAnswer | NoAnswer:
        try:
            response = http.send(request, stream=True)
            with closing(response):
                return self._read(response, until)
        except httpx2.TimeoutException:
            return NoAnswer("down", "no answer in time")
        except httpx2.NetworkError as error:
            return NoAnswer("down", printable(str(error), LONGEST_REASON) or "the connection broke")
        except (httpx2.RequestError, httpx2.StreamError, OSError, ValueError, RuntimeError):
            return NoAnswer("down", "the connection failed or broke off")
        except zlib.error:
            return NoAnswer("lied", "an answer that cannot be unpacked")

    def _read(self, response: httpx2.Response, until: float) -> HttpAnswer | NoAnswer:
        packing = response.headers.get("content-encoding", "").strip().lower()
        if packing not in {"", "identity", "gzip", "x-gzip"}:
            return NoAnswer("lied", "an answer packed in a way that nobody asked for")
        most, body = self._limits.body_bytes, bytearray()
        stream = response.stream
        if not isinstance(stream, httpx2.SyncByteStream):
            return NoAnswer("lied", "an answer that cannot be read")
        for piece in _unpacked(stream) if "gzip" in packing else stream:
            body += piece
            if len(body) > most:
                return NoAnswer("lied", f"an answer of more than {most / 1e6:g} MB (limit)")
            if self._ticks() > until:
                return self._late()
        return HttpAnswer(response.status_code, response.headers, bytes(body))

    def _late(self) -> NoAnswer:
        return NoAnswer("down", f"no whole answer within {self._limits.answer_s:g} s (limit)")

    def _start_over(self) -> None:
        """Leave the connections behind on which a late answer may still arrive."""
        with suppress(httpx2.RequestError, RuntimeError, OSError):
            self._http.close()
        self._http = self._connections()

    def _connections(self) -> httpx2.Client:
        by_environment = not is_here(self._address)
        try:
            return httpx2.Client(
                base_url=self._address,
                headers={"Accept-Encoding": "gzip"},
                timeout=httpx2.Timeout(self._limits.silence_s, connect=self._limits.connect_s),
                follow_redirects=False,
                trust_env=by_environment,
                transport=self._transport,
                verify=trusted(by_environment=by_environment) if self._transport is None else True,
            )
        except (ValueError, ImportError, httpx2.InvalidURL):
            raise ConfigError(
                "see HTTPS_PROXY, ALL_PROXY and NO_PROXY",
                name="proxy",
                what="the environment names a proxy that cannot be used",
            ) from None


@cache
def trusted(*, by_environment: bool) -> SSLContext:
    """Return whose certificates are believed.

    They are read once in a process: that takes as long as asking a broker, who is asked often.
    """
    return httpx2.create_ssl_context(trust_env=by_environment)


def _unpacked(pieces: httpx2.SyncByteStream) -> Iterator[bytes]:
    """Yield an unpacked body in pieces of at most PIECE bytes."""
    unpack, begun = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), False
    for packed in pieces:
        rest, begun = packed, begun or bool(packed)
        while not unpack.eof:
            piece = unpack.decompress(rest, PIECE)
            rest = unpack.unconsumed_tail
            if not piece and not rest:
                break
            yield piece
    if begun and not unpack.eof:
        raise zlib.error("the packed body breaks off")
