"""What signing in takes, with hashes that cost nothing and a clock that is set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from coach.engine.api.people import accounts
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.session import Session
from coach.engine.store.connect import CoachConnection
from coach.model.accounts import User
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW
from tests.keyrings import keyring_in

PASSWORD = Secret("four plain words here")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Place = Callable[[CoachConnection], SignInPlace]


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def places(tmp_path: Path, clock: SetClock) -> Place:
    """Make a place over any connection to the database of the test."""
    keys = cache(lambda: keyring_in(tmp_path / "keys", clock))
    return lambda connection: SignInPlace(connection, clock, keys, PasswordHashing(CHEAP))


@pytest.fixture
def place(session: Session, places: Place) -> SignInPlace:
    return places(session.connection)


@pytest.fixture
def ann(place: SignInPlace) -> User:
    return accounts.make(place, accounts.NewAccount("ann", PASSWORD, "Europe/Berlin"))


def kinds(connection: psycopg.Connection, user: User) -> list[str]:
    """Return the kinds of a user's audit events, in order."""
    query = "select kind from audit_event where user_id = %s order by n"
    return [kind for (kind,) in connection.execute(query, [user.id]).fetchall()]
