"""The application: its routes, and what every request passes on its way to one."""

from dataclasses import dataclass, field
from secrets import SystemRandom
from threading import Event
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from coach import wiring
from coach._version import VERSION
from coach.errors import CoachError
from coach.model.machine.reach import ServerReach
from coach.server.body_limit import BodyLimit
from coach.server.doors.forms import door_pages
from coach.server.doors.grants import grant_pages
from coach.server.doors.keeper import Permission, Recognition
from coach.server.doors.provider import provider_host
from coach.server.doors.routes import door_routes
from coach.server.log import RequestLog
from coach.server.observed.measure import RequestMeasure
from coach.server.observed.metrics import ServerMetrics
from coach.server.probes import probes
from coach.server.published.description import described
from coach.server.reads.dry_runs import dry_runs
from coach.server.refusals import answer_http, answer_invalid, answer_trouble, answer_unexpected
from coach.server.routes import reading
from coach.server.screens.exporting import exporting
from coach.server.screens.routes import screens
from coach.server.streams.hub import hub_of
from coach.server.streams.routes import StreamParts, streaming
from coach.server.walls.guard import MayConnect, RequestGuard
from coach.server.walls.head_requests import HeadRequests
from coach.server.walls.headers import SafeHeaders
from coach.server.walls.limits import Admit, RequestLimits
from coach.server.walls.peers import is_our_own
from coach.server.walls.proxies import ProxyHeaders
from coach.server.web.routes import web
from coach.server.writes.import_process import ImportProcess
from coach.server.writing import writing

if TYPE_CHECKING:
    from coach.engine.api.live.streams import StreamHub
    from coach.server.doors.doors import Doors
    from coach.server.sessions import OpenSession
    from coach.server.writes.file_imports import FileImports
    from coach.settings.values import Settings

TITLE = "coach"
ABOUT = (
    "The answers of the command line over HTTP, for the user who runs the server, on this machine."
)

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nothing of what is asked for leaves the machine, whatever the environment says."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What the application is made of: the settings, sessions, and whose sockets are heard.

    Without `admit` whoever is heard may ask as much as they like. Who ends the process hands the
    `streams` in, to drain them; without them the application makes its own. Without `imports`
    each upload is imported in a process of its own. Without `doors` nobody signs in, and all
    requests are those of the user in the settings. Who ends the process sets `leaving` first.
    """

    settings: "Settings"
    open_session: "OpenSession"
    may_connect: MayConnect = is_our_own
    admit: Admit | None = None
    metrics: ServerMetrics = field(default_factory=ServerMetrics)
    streams: "StreamHub | None" = None
    imports: "FileImports | None" = None
    reach: ServerReach = field(default_factory=ServerReach)
    doors: "Doors | None" = None
    leaving: Event = field(default_factory=Event)


def application(parts: ServerParts) -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        description=ABOUT,
        docs_url=None,  # their pages are scripts of other sites
        redoc_url=None,
        exception_handlers=_handlers(),
        middleware=_middleware(parts),
        telemetry=SILENT,
    )
    app.include_router(probes(parts.open_session, parts.leaving))
    app.include_router(dry_runs(parts.open_session, parts.settings))
    app.include_router(reading(parts.open_session, parts.settings))
    app.include_router(screens(parts.open_session, parts.settings))
    app.include_router(exporting(parts.open_session))
    app.include_router(web(parts.open_session))
    hub = parts.streams or hub_of(parts.settings)
    app.include_router(streaming(StreamParts(hub, parts.open_session, wiring.clock, parts.metrics)))
    imports = parts.imports or ImportProcess(parts.settings)
    app.include_router(writing(parts.open_session, parts.settings, imports))
    provider = "" if parts.doors is None else provider_host(parts.doors)
    app.include_router(grant_pages(parts.open_session, parts.settings, provider))
    if parts.doors is not None:
        app.include_router(door_routes(parts.doors))
        app.include_router(door_pages(parts.doors))
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    stack = app.build_middleware_stack
    # Around everything, as what answers an unexpected error stands outside of the middleware.
    app.build_middleware_stack = lambda: SafeHeaders(stack())  # type: ignore[method-assign]

    return app


def _handlers() -> dict[int | type[Exception], Any]:
    return {
        CoachError: answer_trouble,
        RequestValidationError: answer_invalid,
        HTTPException: answer_http,
        Exception: answer_unexpected,
    }


def _middleware(parts: ServerParts) -> list[Middleware]:
    """Return what a request passes, the outermost first."""
    passed = [
        Middleware(ProxyHeaders, reach=parts.reach),
        Middleware(RequestLog),
        Middleware(RequestMeasure, metrics=parts.metrics),
        Middleware(RequestGuard, may_connect=parts.may_connect, reach=parts.reach),
        Middleware(BodyLimit),
        Middleware(Recognition, doors=parts.doors),
    ]
    if parts.admit is not None:
        passed.append(Middleware(RequestLimits, admit=parts.admit, dice=SystemRandom().random))
    return [*passed, Middleware(Permission), Middleware(HeadRequests)]
