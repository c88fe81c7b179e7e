"""A server for many users at once: the sockets of `coach serve`, once more for each of them.

    python -m bench.sockets.server DATABASE_URL HOME USERS PORT

coach serves one user as yet, so each gets a socket of its own, below its name; what a message
passes on its way is the same. It prints where it listens. `/api/imports` is of IMPORTER.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import uvicorn

from coach import wiring
from coach.engine.api.live.streams import StreamHub
from coach.engine.api.session import Session
from coach.engine.store.connect import connect
from coach.server import process
from coach.server.app import ServerParts, application
from coach.server.observed.metrics import ServerMetrics
from coach.server.sessions import SessionPool
from coach.server.streams.socket import PATH, CoachSocket
from coach.settings import reading
from coach.settings.values import Settings

IMPORTER = "importer"
MOST_PER_USER = 1000
OpenSession = Callable[[], AbstractContextManager[Session]]


def sessions_of(pool: SessionPool, settings: Settings) -> OpenSession:
    """Return what opens sessions of the user in the settings."""

    @contextmanager
    def opened() -> Iterator[Session]:
        with pool.connection() as connection:
            yield wiring.session_over(connection, settings)

    return opened


def main(url: str, home: str, users: str, port: str) -> None:
    """Serve until a signal comes."""
    read = reading.read({"COACH_HOME": home, "COACH_USER": IMPORTER}, {})
    settings = replace(read, database_url=url)
    hub = StreamHub(lambda: connect(url), wiring.clock, MOST_PER_USER)
    with SessionPool(settings) as pool, hub:
        parts = ServerParts(settings, pool.open, lambda _client, _server: True, streams=hub)
        app, metrics = application(parts), ServerMetrics()
        for number in range(int(users)):
            name = f"u{number:03}"
            own = sessions_of(pool, replace(settings, user=name))
            follow = CoachSocket(hub, own, wiring.clock, metrics).serve
            app.add_api_websocket_route(f"/{name}{PATH}", follow)
        with process.listener_at("127.0.0.1", int(port)) as listener:
            sys.stdout.write(f"{listener.getsockname()[1]}\n")
            sys.stdout.flush()
            config = process._config(app, None)  # noqa: SLF001 -- as coach serve does
            uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
