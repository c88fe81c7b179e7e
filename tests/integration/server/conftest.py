"""The application over a database of its own, and events that tests write into it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

from coach.engine.outbox.read import head
from coach.engine.outbox.wakes import wake
from coach.engine.outbox.write import emit
from coach.engine.relay.hub import StreamHub
from coach.model.accounts import UserId
from coach.model.events import EventId
from coach.model.notifications.events import DigestReady
from coach.server.app import ServerParts, application
from coach.server.sessions import SessionPool
from coach.settings import reading
from tests.integration.server.listening import listening

MOST = 3
HERE = "127.0.0.1:8321"


@dataclass(frozen=True, slots=True)
class EventWriter:
    """Writes events of one user over a connection of its own, as another process would."""

    connection: psycopg.Connection
    user_id: UserId
    now: datetime

    def write(self, count: int = 1) -> list[EventId]:
        """Commit so many events at once, and wake who follows."""
        news = [DigestReady(week="2026-W10", sha256="0" * 64)] * count
        with self.connection.transaction():
            ids = emit(self.connection, {self.user_id: news}, self.now)
        wake(self.connection, [self.user_id])
        return ids

    def epoch(self) -> str:
        """Return the epoch of the user's events."""
        return head(self.connection, self.user_id).epoch


class SteppedClock:
    """A clock that stands until it is set, so that nobody lags on a busy machine."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def parts(
    database_url: str,
    connections: Callable[[], psycopg.Connection],
    now: datetime,
    tmp_path: Path,
    ticks: SteppedClock,
) -> Iterator[ServerParts]:
    """Return an application's parts, with at most three streams for a user."""
    settings = reading.read({"COACH_HOME": str(tmp_path)}, {})
    settings = replace(settings, database_url=database_url)
    with SessionPool(settings) as pool, StreamHub(connections, lambda: now, MOST, ticks) as hub:
        yield ServerParts(settings, pool.open, lambda _client, _server: True, streams=hub)


@pytest.fixture
def client(parts: ServerParts) -> Iterator[TestClient]:
    with TestClient(application(parts), f"http://{HERE}") as client:
        yield client


@pytest.fixture
def place(parts: ServerParts) -> Iterator[tuple[str, int]]:
    """Return where the application listens on a real socket."""
    with listening(parts) as place:
        yield place


@pytest.fixture
def writer(parts: ServerParts, connection: psycopg.Connection, now: datetime) -> EventWriter:
    assert parts.streams is not None
    row = connection.execute("select id from app_user").fetchone()
    assert row is not None
    return EventWriter(connection, UserId(row[0]), now)
