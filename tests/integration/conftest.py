"""A database of its own for every test, as new.

On a throw-away server of coach's own, and once more on the server of COACH_TEST_DATABASE_URL
where that is set (its user must be allowed to create databases).
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from coach.engine.postgres import embedded
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from tests.databases import TEMPLATE, DatabasePool, new_name

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

EXTERNAL = os.environ.get("COACH_TEST_DATABASE_URL", "")
SERVERS = [
    "embedded",
    *([pytest.param("external", marks=pytest.mark.external)] if EXTERNAL else []),
]
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)

Connect = Callable[[], psycopg.Connection]


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = embedded.DatabaseHome(tmp_path_factory.mktemp("home"), throwaway=True)
    try:
        url = embedded.ensure_running(home)
        with connect(url) as admin:
            admin.execute("alter system set autovacuum = off")  # no rows stay long enough
            admin.execute("select pg_reload_conf()")
        yield url
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
    yield from _empty_database(server)


@pytest.fixture
def another_empty_database_url(server: str) -> Iterator[str]:
    """Return the URL of a second database with nothing in it."""
    yield from _empty_database(server)


@pytest.fixture(scope="session")
def database_pool(server: str) -> Iterator[DatabasePool]:
    pool = DatabasePool(server, NOW)
    yield pool
    pool.close()


@pytest.fixture
def database_url(database_pool: DatabasePool) -> Iterator[str]:
    """Return the URL of a database as new, with all tables, and months open from `now`."""
    with database_pool.database() as url:
        yield url


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
        yield url
        admin.execute(f"drop database {TEMPLATE} with (force)")


def _empty_database(server: str) -> Iterator[str]:
    name = new_name()
    with connect(server) as admin:
        admin.execute(f"create database {name} template template0 strategy file_copy")
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            admin.execute(f"drop database {name} with (force)")
