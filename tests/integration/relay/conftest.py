"""Two traders whose events the tests write."""

import psycopg
import pytest

from coach.model.accounts import UserId


@pytest.fixture
def alice(connection: psycopg.Connection) -> UserId:
    return _trader(connection, "alice")


@pytest.fixture
def bob(connection: psycopg.Connection) -> UserId:
    return _trader(connection, "bob")


def _trader(connection: psycopg.Connection, name: str) -> UserId:
    connection.execute("insert into app_user (id, name) values (%s, %s)", (f"u-{name}", name))
    return UserId(f"u-{name}")
