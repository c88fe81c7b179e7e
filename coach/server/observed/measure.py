"""Counts requests by the template of their route and their status, and measures their time."""

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from coach.server.observed.metrics import ServerMetrics

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
NO_ROUTE = "none"
OTHER = "other"
STREAM = "text/event-stream"
UNEXPECTED = 500


@dataclass(slots=True)
class _Measured:
    status: int = UNEXPECTED
    stream_began: float | None = None


@dataclass(frozen=True, slots=True)
class RequestMeasure:
    """Hands on each request and measures it."""

    app: "ASGIApp"
    metrics: "ServerMetrics"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, measured = perf_counter(), _Measured()

        async def watched(message: "Message") -> None:
            if message["type"] == "http.response.start":
                measured.status = message["status"]
                if Headers(raw=message["headers"]).get("content-type", "").startswith(STREAM):
                    measured.stream_began = perf_counter()
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._count(scope, measured, (measured.stream_began or perf_counter()) - began)

    def _count(self, scope: "Scope", measured: _Measured, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        self.metrics.requests.labels(method, route, str(measured.status)).inc()
        self.metrics.request_seconds.labels(method, route).observe(seconds)
        if "coach.limited" in scope:
            self.metrics.limited.labels(scope["coach.limited"]).inc()
