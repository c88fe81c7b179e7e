"""A database of its own for every test.

On a throw-away server of coach's own, and once more on the server of COACH_TEST_DATABASE_URL
where that is set (its user must be allowed to create databases).
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from coach.engine.outbox import partitions
from coach.engine.store import embedded, migrate
from coach.engine.store.connect import connect

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

EXTERNAL = os.environ.get("COACH_TEST_DATABASE_URL", "")
SERVERS = [
    "embedded",
    *([pytest.param("external", marks=pytest.mark.external)] if EXTERNAL else []),
]
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
TEMPLATE = f"coach_test_{os.getpid()}_template"
NUMBERS = count(1)

Connect = Callable[[], psycopg.Connection]


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = embedded.DatabaseHome(tmp_path_factory.mktemp("home"), throwaway=True)
    try:
        yield embedded.ensure_running(home)
    finally:
        embedded.discard(home)


@pytest.fixture(scope="session")
def embedded_server(own_server: str) -> Iterator[str]:
    yield from _with_template(own_server)


@pytest.fixture(scope="session")
def external_server() -> Iterator[str]:
    yield from _with_template(EXTERNAL)


@pytest.fixture(scope="session", params=SERVERS)
def server(request: "SubRequest") -> str:
    """Return the URL of a server where the template database is ready."""
    url: str = request.getfixturevalue(f"{request.param}_server")
    return url


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def empty_database_url(server: str) -> Iterator[str]:
    """Return the URL of a database with nothing in it."""
    yield from _database(server, "template0")


@pytest.fixture
def another_empty_database_url(server: str) -> Iterator[str]:
    """Return the URL of a second database with nothing in it."""
    yield from _database(server, "template0")


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """Return the URL of a fresh database with all tables, and months open from `now`."""
    yield from _database(server, TEMPLATE)


@pytest.fixture
def connections(database_url: str) -> Iterator[Connect]:
    """Return a function that opens one more connection; all are closed at the end."""
    opened: list[psycopg.Connection] = []

    def one_more() -> psycopg.Connection:
        opened.append(connect(database_url))
        return opened[-1]

    yield one_more
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(connections: Connect) -> psycopg.Connection:
    return connections()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[embedded.DatabaseHome]:
    """Return a throw-away home with no database yet."""
    home = embedded.DatabaseHome(tmp_path / "data", throwaway=True)
    yield home
    embedded.discard(home)


def _with_template(url: str) -> Iterator[str]:
    template = make_conninfo(url, dbname=TEMPLATE)
    with connect(url) as admin:
        admin.execute(f"create database {TEMPLATE}")
        migrate.upgrade(template)
        with connect(template) as connection:
            partitions.ensure(connection, NOW)
        yield url
        admin.execute(f"drop database {TEMPLATE} with (force)")


def _database(server: str, template: str) -> Iterator[str]:
    name = f"coach_test_{os.getpid()}_{next(NUMBERS)}"
    with connect(server) as admin:
        admin.execute(f"create database {name} template {template} strategy file_copy")
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            admin.execute(f"drop database {name} with (force)")
