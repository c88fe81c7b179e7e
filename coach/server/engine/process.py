"""The engine's service as a process: it listens, answers until it is told to stop, and ends.

SIGHUP lets it read its certificates again. Where those cannot be used the former ones stay.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from coach import wiring
from coach.engine.api.service.answers import ServiceParts, engine_service
from coach.engine.api.service.pid_file import serving_as
from coach.engine.api.service.pki import server_context
from coach.errors import CoachError
from coach.model.machine.listening import listening_address
from coach.server.engine.app import EngineApplication
from coach.server.engine.tls import CertificateProtocol, ReloadableTls
from coach.server.log import logging_to, note, warn
from coach.server.process import GRACE_S, StoppableServer, listener_at, url_of

if TYPE_CHECKING:
    from coach.model.machine.engine_service import EngineServeRequest
    from coach.settings.values import Settings


def run_engine(
    settings: "Settings", request: "EngineServeRequest", announce: Callable[[str], None]
) -> int:
    """Serve until a signal comes, and return its number; `announce` hears the URL.

    Invalid for an address that is taken. Only for the main thread.
    """
    parts = ServiceParts(
        wishes=settings.engine,
        networks=request.networks,
        redis_url=settings.redis_url,
        model=settings.model,
        open_kek=lambda: wiring.service_kek(settings),
        clock=wiring.clock,
    )
    address = listening_address(request.host)
    folder = settings.engine.pki
    tls = None if folder is None else ReloadableTls(lambda: server_context(folder, wiring.clock()))
    with (
        listener_at(address, request.port) as listener,
        logging_to(request.log, wiring.clock),
        closing(engine_service(parts)) as service,
        serving_as(request.pid_file),
        _reloading(tls),
    ):
        server = StoppableServer(config_of(EngineApplication(service), tls))
        url = url_of(listener, tls=tls is not None)
        note("start", url=url)
        server.on_ready = lambda: announce(url)
        server.on_stop = _nothing_to_drain
        server.run(sockets=[listener])
        note("stop", signal=server.caught)
    return server.caught


async def _nothing_to_drain() -> None:
    """Have no streams to end."""


@contextmanager
def _reloading(tls: ReloadableTls | None) -> Iterator[None]:
    """Read the certificates again at each SIGHUP; without any it does nothing."""

    def reload(_number: int, _frame: object) -> None:
        if tls is None:
            return
        try:
            tls.reload()
        except CoachError as trouble:
            warn("certificates stay as they were", why=str(trouble))
        else:
            note("certificates read again")

    before = signal.signal(signal.SIGHUP, reload)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def config_of(app: EngineApplication, tls: ReloadableTls | None = None) -> uvicorn.Config:
    """Return how the application is served: no WebSocket, no proxy believed, no log of requests."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="h11" if tls is None else CertificateProtocol,
        ssl_context_factory=None if tls is None else lambda *_: tls.listening,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
    )
