"""`/metrics` on an address of its own, in a thread: whoever reads it asks nothing of the server.

Every user of this machine may read it, as Prometheus runs as a user of its own; it holds no secret.
"""

import socket
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach.server.walls.guard import RequestGuard
from coach.server.walls.headers import SafeHeaders

if TYPE_CHECKING:
    from typing import Self

    from coach.server.observed.metrics import ServerMetrics

GRACE_S = 2


def metrics_application(metrics: "ServerMetrics") -> Starlette:
    """Return the application that shows the metrics to this machine."""

    async def show(request: Request) -> Response:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics.registry), headers={"Content-Type": media_type})

    guards = [
        Middleware(SafeHeaders),
        Middleware(RequestGuard, may_connect=lambda _client, _server: True),
    ]
    return Starlette(routes=[Route("/metrics", show)], middleware=guards)


class MetricsServer:
    """Serves the metrics while the block runs, on a socket that listens on loopback."""

    def __init__(self, metrics: "ServerMetrics", listener: socket.socket) -> None:
        config = uvicorn.Config(
            metrics_application(metrics),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http="h11",
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(
            target=self._server.run, args=([listener],), name="coach-metrics", daemon=True
        )

    def __enter__(self) -> "Self":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
