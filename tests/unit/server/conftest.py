"""The application without a socket and without a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from coach.engine.api.session import Session
from coach.errors import DatabaseTrouble
from coach.server.app import ServerParts, application
from coach.settings import reading

HERE = "http://127.0.0.1:8321"


@contextmanager
def no_database() -> Iterator[Session]:
    """Open no session: postgresql://me:secret@host does not answer."""
    raise DatabaseTrouble(what="postgresql://me:secret@host/db does not answer")
    yield  # type: ignore[unreachable]


@pytest.fixture
def parts(tmp_path: Path) -> ServerParts:
    found = reading.read({"COACH_HOME": str(tmp_path)}, {})
    return ServerParts(found, no_database, lambda _client, _server: True)


@pytest.fixture
def client(parts: ServerParts) -> Iterator[TestClient]:
    with TestClient(application(parts), HERE, raise_server_exceptions=False) as client:
        yield client
