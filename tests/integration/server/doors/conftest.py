"""A server with doors over a database of its own, and browsers and programs before it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from coach import wiring
from coach.engine.api.live.connections import stream_connection
from coach.engine.api.people import accounts, sessions
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.relay.hub import StreamHub
from coach.model.machine.secrets import Secret
from coach.model.people.access import AccessScope
from coach.server.app import ServerParts, application
from coach.server.doors.doors import Doors
from coach.server.sessions import SessionPool
from coach.settings import reading

HERE = "http://127.0.0.1:8321"
PASSWORD = "four plain words here"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True, slots=True)
class Building:
    """A server with doors, which browsers and programs come to."""

    parts: ServerParts
    doors: Doors

    def browser(self) -> TestClient:
        """Return a browser with no cookie yet."""
        browser = TestClient(
            application(self.parts), HERE, follow_redirects=False, client=("127.0.0.1", 50_000)
        )
        browser.headers["Origin"] = HERE
        return browser

    def signed_in(self, name: str) -> TestClient:
        """Return a browser in which somebody has signed in."""
        browser = self.browser()
        answer = browser.post("/api/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 201
        return browser

    def program(self, name: str, scope: AccessScope) -> TestClient:
        """Return a program with a token of somebody."""
        with self.doors.place(None, "test") as place:
            user = accounts.named(place, name)
            made = sessions.create_token(place, user.id, "test", scope, 1)
        browser = self.browser()
        browser.headers["Authorization"] = f"Bearer {made.secret.reveal()}"
        return browser

    def make(self, *names: str) -> None:
        """Make accounts."""
        with self.doors.place(None, "test") as place:
            for name in names:
                accounts.make(place, accounts.NewAccount(name, Secret(PASSWORD), "UTC"))


@pytest.fixture
def building(database_url: str, tmp_path: Path) -> Iterator[Building]:
    settings = reading.read({"COACH_HOME": str(tmp_path)}, {})
    settings = replace(settings, database_url=database_url)
    with (
        SessionPool(settings) as pool,
        StreamHub(lambda: stream_connection(database_url), wiring.clock) as hub,
    ):
        doors = Doors(settings, pool.connection, PasswordHashing(CHEAP))
        parts = ServerParts(
            settings, pool.open, lambda _client, _server: True, streams=hub, doors=doors
        )
        yield Building(parts, doors)


@pytest.fixture
def inhabited(building: Building) -> Building:
    """A server with two accounts: the terminal's, and ann's."""
    building.make("local", "ann")
    return building
