"""A user of the server who writes, without a socket."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from coach.engine.api.session import Session
from coach.engine.store import users
from coach.engine.store.connect import connect
from coach.model.accounts import User
from coach.model.machine.home import Home
from coach.server.app import ServerParts, application
from coach.server.writes.file_imports import DirectImports
from coach.settings import reading
from coach.settings.values import Settings
from tests.keyrings import keyring_in

HERE = "http://127.0.0.1:8321"
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"

OpenSession = Callable[[], AbstractContextManager[Session]]


@dataclass
class Trader:
    """A user of the server, who sends requests with keys."""

    client: TestClient
    open_session: OpenSession
    settings: Settings
    keys: list[str] = field(default_factory=list)

    def send(
        self, method: str, path: str, body: object = None, key: str = ""
    ) -> "tuple[int, dict[str, object], str | None]":
        """Send a request; return its status, its JSON, and whether it was replayed."""
        self.keys.append(key or str(uuid4()))
        headers = {"Idempotency-Key": self.keys[-1]}
        answer = self.client.request(method, path, json=body, headers=headers)
        return answer.status_code, answer.json(), answer.headers.get("Idempotency-Replayed")

    def upload(
        self, lines: "list[str]", key: str = "", **fields: str
    ) -> tuple[int, dict[str, object]]:
        """Upload a statement; return the status and the JSON."""
        content = "\n".join([HEADER, *lines]) + "\n"
        return self.upload_to("/api/imports", ("fills.csv", content.encode()), key, **fields)

    def upload_to(
        self, path: str, file: tuple[str, bytes], key: str = "", **fields: str
    ) -> tuple[int, dict[str, object]]:
        """Upload a file with its name; return the status and the JSON."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer = self.client.post(path, files={"file": file}, data=fields, headers=headers)
        return answer.status_code, answer.json()


@pytest.fixture
def user(database_url: str) -> User:
    with connect(database_url) as connection:
        made = users.add(connection, "local", "UTC")
    assert made is not None
    return made


@pytest.fixture
def open_session(database_url: str, user: User, tmp_path: Path, now: datetime) -> OpenSession:
    folders = Home(*(tmp_path / name for name in ("config", "data", "state", "cache")))

    keys = cache(lambda: keyring_in(tmp_path / "keys", lambda: now))

    @contextmanager
    def opened() -> Iterator[Session]:
        again = partial(connect, database_url)
        with again() as connection:
            yield Session(connection, again, user, lambda: now, folders, keyring=keys)

    return opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return replace(reading.read({"COACH_HOME": str(tmp_path)}, {}), database_url=database_url)


@pytest.fixture
def trader(open_session: OpenSession, settings: Settings) -> Iterator[Trader]:
    parts = ServerParts(
        settings,
        open_session,
        lambda _client, _server: True,
        imports=DirectImports(settings),
    )
    with TestClient(application(parts), HERE, raise_server_exceptions=False) as client:
        yield Trader(client, open_session, settings)


@pytest.fixture
def watching(database_url: str) -> Iterator[psycopg.Connection]:
    """Return a connection that looks on."""
    with connect(database_url) as connection:
        yield connection
