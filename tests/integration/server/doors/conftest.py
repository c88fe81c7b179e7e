"""A server with doors over a database of its own, and browsers and programs before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from coach import wiring
from coach.engine.api.live.connections import stream_connection
from coach.engine.api.people import accounts, identities, sessions
from coach.engine.api.people.open_id import OpenIdProvider
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.relay.hub import StreamHub
from coach.model.machine.secrets import Secret
from coach.model.people.access import AccessScope
from coach.model.people.provider import ProviderIdentity, ProviderWishes
from coach.server.app import ServerParts, application
from coach.server.doors.doors import Doors
from coach.server.sessions import SessionPool
from coach.settings import reading
from tests.integration.server.doors.provider import (
    CLIENT,
    HERE,
    SUBJECT,
    Provider,
    running_provider,
)
from tests.integration.server.doors.provider import PASSWORD as CLIENT_SECRET

PASSWORD = "four plain words here"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True, slots=True)
class Building:
    """A server with doors, which browsers and programs come to."""

    parts: ServerParts
    doors: Doors
    applications: dict[OpenIdProvider | None, FastAPI] = field(default_factory=dict)

    def application(self) -> FastAPI:
        """Return the application: one, as long as the provider of sign-ins is the same."""
        provider = self.doors.provider
        if provider not in self.applications:
            self.applications[provider] = application(self.parts)
        return self.applications[provider]

    def browser(self) -> TestClient:
        """Return a browser with no cookie yet."""
        browser = TestClient(
            self.application(), HERE, follow_redirects=False, client=("127.0.0.1", 50_000)
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
def variables() -> dict[str, str]:
    """The settings of the server beside its home."""
    return {}


@pytest.fixture
def building(database_url: str, tmp_path: Path, variables: dict[str, str]) -> Iterator[Building]:
    settings = reading.read({"COACH_HOME": str(tmp_path), **variables}, {})
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


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider(wiring.clock) as running:
        yield running


@pytest.fixture
def linked(inhabited: Building, provider: Provider) -> Building:
    """A server with two accounts, of which ann's is linked to the provider."""
    wishes = ProviderWishes(provider.issuer, CLIENT, lambda: Secret(CLIENT_SECRET))
    inhabited.doors.provider = OpenIdProvider(wishes, wiring.clock)
    with inhabited.doors.place(None, "test") as place:
        identities.link(place, "ann", ProviderIdentity(provider.issuer, SUBJECT))
    return inhabited
