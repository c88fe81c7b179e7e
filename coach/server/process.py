"""The server as a process: it listens, answers until it is told to stop, and ends what it began."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from coach import wiring
from coach.engine.api.live.limits import RequestLimiter, store_of_process
from coach.engine.api.people.open_id import provider_of
from coach.errors import Invalid, MalformedFile, UnreadableFile
from coach.model.machine.listening import (
    listening_address,
    refuse_open_listening,
    refuse_without_account,
)
from coach.server.app import ServerParts, application
from coach.server.doors.admission import admit, may_connect
from coach.server.doors.doors import Doors
from coach.server.doors.first_run import set_up_link
from coach.server.log import logging_to, note, warn
from coach.server.observed.metrics import ServerMetrics
from coach.server.observed.metrics_server import MetricsServer
from coach.server.observed.watch import ActivityWatch
from coach.server.sessions import SessionPool
from coach.server.streams.hub import hub_of
from coach.server.walls.login import LoginLimits
from coach.server.worker import WorkerProcess

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from coach.engine.api.live.limits import HotStore
    from coach.model.machine.listening import Announce, ServeRequest, TlsFiles
    from coach.remedies import Field
    from coach.settings.values import Settings

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_S = 10
"""For requests under way once the server is told to stop."""
LARGEST_FRAME = 65_536
PING_S = 20.0
BACKLOG = 256
DEAF_MS = 60_000
"""After which the connection of a peer that takes nothing of what was sent is cut."""


def run(settings: "Settings", request: "ServeRequest", announce: "Announce") -> int:
    """Serve until a signal comes, and return its number.

    `announce` hears the URL, and where the first account is made. Only for the main thread.
    Invalid for an address that is taken, or that others reach where nothing keeps what they send
    private or nobody could sign in.
    """
    address = listening_address(request.host)
    refuse_open_listening(request)
    _check_tls(request.tls)
    with (
        listener_at(address, request.port) as listener,
        logging_to(request.log, wiring.clock),
        SessionPool(settings) as sessions,
        closing(wiring.hot_store(settings, sessions.url(), _warn_of_cache)) as hot,
        hub_of(settings) as streams,
        _doors(request, settings, sessions, hot) as doors,
        _worker(request) as worker,
    ):
        metrics = ServerMetrics()
        metrics.sources.pool, metrics.sources.worker = sessions.usage, worker
        limiter = RequestLimiter.of(hot, settings.request_limit, settings.address_limit)
        parts = _parts(doors, sessions, limiter)
        parts = replace(parts, metrics=metrics, streams=streams, reach=request.reach)
        server = StoppableServer(_config(application(parts), request.tls))
        url = url_of(listener, tls=request.tls is not None)
        server.on_stop = partial(leave, parts, request.linger_s)
        note("start", url=url)
        with (
            set_up_link(doors, settings.home, url) as offer,
            ActivityWatch(sessions.connection, metrics, wiring.clock),
            _metrics_server(request, metrics),
        ):
            server.on_ready = lambda: announce(url, offer)
            server.run(sockets=[listener])
        note("stop", signal=server.caught)
    return server.caught


@contextmanager
def _doors(
    request: "ServeRequest", settings: "Settings", sessions: SessionPool, hot: "HotStore"
) -> Iterator[Doors]:
    """Open the doors; Invalid where others reach them and nobody could sign in."""
    login = LoginLimits(hot, store_of_process(wiring.clock))
    doors = Doors(
        settings,
        sessions.connection,
        admit=login.admit,
        succeeded=login.succeeded,
        provider=provider_of(settings.oidc, wiring.clock),
    )
    refuse_without_account(request, doors.accounts_exist)
    yield doors


def _parts(doors: Doors, sessions: SessionPool, limiter: RequestLimiter) -> ServerParts:
    return ServerParts(
        doors.settings,
        sessions.open,
        may_connect=partial(may_connect, doors),
        admit=partial(admit, limiter, doors.settings.user),
        doors=doors,
    )


@contextmanager
def _worker(request: "ServeRequest") -> Iterator[WorkerProcess | None]:
    if not request.worker:
        yield None
        return
    with WorkerProcess(request.worker_options) as worker:
        yield worker


async def leave(parts: ServerParts, linger_s: float) -> None:
    """Say that the server is not ready, serve on for a while, and end the streams."""
    parts.leaving.set()
    await asyncio.sleep(linger_s)
    if parts.streams is not None:
        await parts.streams.drain()


@contextmanager
def _metrics_server(request: "ServeRequest", metrics: ServerMetrics) -> Iterator[None]:
    if request.metrics is None:
        yield
        return
    place = request.metrics
    with (
        listener_at(place.address, place.port, "metrics") as listener,
        MetricsServer(metrics, listener),
    ):
        note("metrics", url=f"{url_of(listener, tls=False)}/metrics")
        yield


def _warn_of_cache(reason: str) -> None:
    warn("limits are counted by this process alone", why=reason)


class StoppableServer(uvicorn.Server):
    """A server that says when it listens and ends, and keeps the signal to itself."""

    on_ready: Callable[[], None]
    on_stop: Callable[[], Awaitable[None]]
    caught: int = signal.SIGTERM

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it listens."""
        await super().startup(sockets)
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what was begun, then itself."""
        await self.on_stop()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
        """Remember the signal."""
        self.caught = sig
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals over, and give them back without raising them once more."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _config(app: "FastAPI", tls: "TlsFiles | None") -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """Return the URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{name}:{port}"


def listener_at(address: str, port: int, option: "Field" = "port") -> socket.socket:
    """Return a socket that listens; Invalid, which names the option, where the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Every connection inherits it: asyncio sets it on sockets that name their protocol alone.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; every connection inherits it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAF_MS)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = f"and {address}:{port} is not: {error.strerror}"
        raise Invalid(option, reason, "a port that is free") from None
    return listener


def _check_tls(tls: "TlsFiles | None") -> None:
    """Raise where the files for TLS cannot be read, or are no certificate and its key."""
    if tls is None:
        return
    for file in (tls.certificate, tls.key):
        try:
            file.read_bytes()
        except OSError as error:
            raise UnreadableFile(str(file), error.strerror or "unknown reason") from None
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: "")
    except (ssl.SSLError, ValueError) as error:
        hint = "give PEM files of a certificate, with its chain, and of its key, without passphrase"
        what = f"with {tls.key} it makes no certificate and key: {error}"
        raise MalformedFile(str(tls.certificate), what, hint) from None
