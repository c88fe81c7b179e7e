"""The sandbox as a real server: HTTP on loopback, or TLS when given a certificate and its key.

It runs in a thread of its own and says nothing: a broken answer sent on purpose is no news.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.world import SandboxWorld
from coach.errors import BrokerTrouble, Invalid

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What TLS needs: PEM files of the certificate (with its chain) and of its key."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: Certificate | None = None


@dataclass(frozen=True, slots=True)
class SandboxServer:
    """A running sandbox: `host` is what a token names (with the port), `url` where to call it."""

    host: str
    url: str


@contextmanager
def serve(
    world: SandboxWorld,
    now: Callable[[], datetime],
    address: Address | None = None,
    plan: SandboxPlan | None = None,
) -> Iterator[SandboxServer]:
    """Serve a world until the block ends; `now` is the clock that tokens are checked against."""
    address = address or Address()
    with _listen(address) as listener:
        server = _AnnouncingServer(_config(application(world, now, plan), address.tls))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not server.ready.wait(PATIENCE_S):
                raise BrokerTrouble(broker="sandbox", reason="it does not start")
            yield _running(address, listener)
        finally:
            server.should_exit = True
            thread.join()


def run_forever(server: SandboxServer, announce: Callable[[SandboxServer], None]) -> int:
    """Announce the server, then wait for SIGINT or SIGTERM; return the signal's number.

    Only for the main thread. After a signal both stay with this function: given back while the
    server ends, they could be asked again for the signal that ends it, and interrupt that.
    """
    stopped = threading.Event()
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        stopped.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in signals]
    try:
        announce(server)
        stopped.wait()
    finally:
        if not caught:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)
    return caught[0]


class _AnnouncingServer(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let answers under way end, then hang up on whoever is still there."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


def _config(app: Starlette, tls: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        ws="websockets-sansio",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=tls.chain if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


def _listen(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        reason = f"and {address.host}:{address.port} is not: {error.strerror}"
        raise Invalid("port", reason, "a port that is free") from None
    return listener


def _running(address: Address, listener: socket.socket) -> SandboxServer:
    port = listener.getsockname()[1]
    host = f"[{address.host}]:{port}" if ":" in address.host else f"{address.host}:{port}"
    return SandboxServer(host, f"{'https' if address.tls else 'http'}://{host}")
