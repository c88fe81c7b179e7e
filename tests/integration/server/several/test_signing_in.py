"""Tries at a password are counted over all servers of an installation, by one that is left, too."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from os import environ, getpid, kill
from urllib.parse import urlsplit

import httpx2
import pytest
from redis import Redis

from coach.engine.store import migrate
from coach.engine.store.connect import connect
from tests.e2e.cli.server.conftest import PATIENCE
from tests.integration.hot.conftest import OwnRedis
from tests.integration.server.several.conftest import Installation, key

pytestmark = pytest.mark.redis

AT_ONCE = 10
"""Tries at an account, from wherever; then one in two minutes."""
PASSWORD = "nine wet umbrellas, 4 dry ones"


@pytest.fixture(scope="module")
def installation(
    server: str, redis: OwnRedis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation of its own: once there is an account, everybody has to sign in."""
    name = f"coach_test_{getpid()}_signing_in"
    with connect(server) as admin:
        admin.execute(f"create database {name}")
        url = urlsplit(server)._replace(path=f"/{name}").geturl()
        migrate.upgrade(url)
        settings = {"COACH_DATABASE_URL": url, "COACH_REDIS_URL": redis.url}
        yield Installation(tmp_path_factory.mktemp("home"), settings)
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def account(installation: Installation) -> None:
    line = [sys.executable, "-m", "coach", "users", "add", "ann", "--password-file", "-"]
    settings = {**environ, "COACH_HOME": str(installation.home), **installation.settings}
    subprocess.run(line, env=settings, input=PASSWORD.encode(), check=True, timeout=PATIENCE)


@pytest.fixture
def servers(
    installation: Installation, redis: OwnRedis
) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    with Redis.from_url(redis.url) as remembers:  # the tries of an earlier test
        remembers.flushall()
    with installation.server("one") as one, installation.server("other") as other:
        yield one, other


def sign_in(client: httpx2.Client, password: str) -> int:
    body = {"name": "ann", "password": password}
    return client.post("/api/session", json=body, headers=key()).status_code


@pytest.mark.usefixtures("account")
def test_tries_are_counted_over_both_and_by_the_one_that_is_left(
    servers: tuple[httpx2.Client, httpx2.Client],
) -> None:
    one, other = servers
    tried = [sign_in(client, f"guess {n}") for n in range(AT_ONCE) for client in servers]
    assert set(tried) == {401, 429}
    assert AT_ONCE <= tried.count(401) <= AT_ONCE + 1  # one more on a machine that took minutes
    kill(int(one.headers["X-Test-Process"]), signal.SIGKILL)
    assert sign_in(other, "another guess") == 429
    assert other.get("/livez").status_code == 200
