"""Two users of one database."""

from collections.abc import Iterator

import psycopg
import pytest

from coach.engine.store import users
from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import UserId


@pytest.fixture
def owner(database_url: str) -> Iterator[CoachConnection]:
    """Return a connection of the owner of the tables."""
    with connect(database_url) as connection:
        yield connection


@pytest.fixture
def ann(owner: CoachConnection) -> UserId:
    return user(owner, "ann")


@pytest.fixture
def ben(owner: CoachConnection) -> UserId:
    return user(owner, "ben")


def user(connection: psycopg.Connection, name: str) -> UserId:
    """Make a user and return their id."""
    made = users.add(connection, name, "UTC")
    assert made is not None
    return made.id
