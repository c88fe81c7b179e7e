"""The engine's service as a process: it listens, answers until it is told to stop, and ends."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn

from coach import wiring
from coach.engine.api.service.answers import ServiceParts, engine_service
from coach.model.machine.listening import listening_address
from coach.server.engine.app import EngineApplication
from coach.server.log import logging_to, note
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
    with (
        listener_at(address, request.port) as listener,
        logging_to(request.log, wiring.clock),
        closing(engine_service(parts)) as service,
    ):
        server = StoppableServer(config_of(EngineApplication(service)))
        url = url_of(listener, tls=False)
        note("start", url=url)
        server.on_ready = lambda: announce(url)
        server.on_stop = _nothing_to_drain
        server.run(sockets=[listener])
        note("stop", signal=server.caught)
    return server.caught


async def _nothing_to_drain() -> None:
    """Have no streams to end."""


def config_of(app: EngineApplication) -> uvicorn.Config:
    """Return how the application is served: no WebSocket, no proxy believed, no log of requests."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="h11",
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
    )
