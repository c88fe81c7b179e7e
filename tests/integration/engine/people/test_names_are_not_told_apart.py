"""Whoever is refused learns nothing of a name from the work that it took: it is the same."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import pytest
from argon2 import PasswordHasher
from psycopg import sql
from psycopg.abc import Params, Query

from coach.engine.api import users
from coach.engine.api.people import accounts, identities, second_factor, sign_in
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.people.sign_in import SignInRequest
from coach.engine.store import users as store
from coach.engine.store.isolation.confined import ConfinedCursor
from coach.model.machine.secrets import Secret
from coach.model.people.provider import ProviderIdentity
from tests.integration.engine.people.conftest import PASSWORD

WRONG = Secret("five other plain words here")
NAMES = ("ann", "disabled", "by provider", "without", "with totp", "nobody", "ANN", "x" * 1000)


class CountingHasher(PasswordHasher):
    """A hasher that costs nothing and remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[tuple[str, str]] = []

    def hash(self, password: "str | bytes", *, salt: bytes | None = None) -> str:
        self.asked.append(("hash", ""))
        return super().hash(password, salt=salt)

    def verify(self, hash: "str | bytes", password: "str | bytes") -> Literal[True]:  # noqa: A002 -- its name
        costs = str(hash).rpartition("$")[0].rpartition("$")[0]
        self.asked.append(("verify", costs))
        return super().verify(hash, password)


class RecordingCursor(ConfinedCursor[Any]):
    """A cursor that remembers the statements of its connection."""

    said: ClassVar[list[str]] = []

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> "RecordingCursor":
        text = query.as_string(self.connection) if isinstance(query, sql.Composable) else query
        self.said.append(str(text))
        super().execute(query, params, prepare=prepare, binary=binary)
        return self


@dataclass
class Watched:
    """A place whose hashes and statements are noted."""

    place: SignInPlace
    hasher: CountingHasher = field(default_factory=CountingHasher)

    def work_of(self, name: str, password: Secret, code: str = "") -> tuple[object, ...]:
        """Return what it takes to refuse somebody: the hashes and the statements, in order."""
        self.hasher.asked.clear()
        RecordingCursor.said.clear()
        request = SignInRequest(name, password, Secret(code), "203.0.113.7 a browser")
        assert sign_in.sign_in(self.place, request) is None
        return tuple(self.hasher.asked), tuple(RecordingCursor.said)


@pytest.fixture
def watched(place: SignInPlace) -> Watched:
    """A place with a name of each kind."""
    hasher = CountingHasher()
    place = replace(place, hashing=PasswordHashing(hasher))
    for name in ("ann", "disabled", "with totp"):
        accounts.make(place, accounts.NewAccount(name, PASSWORD, "UTC"))
    accounts.disable(place, "disabled")
    for name in ("by provider", "without"):
        users.add(place.connection, name, "UTC")
    identities.link(place, "by provider", ProviderIdentity("https://login.example.org", "7"))
    found = store.find(place.connection, "with totp")
    assert found is not None
    second_factor.begin(place, found.id, found.name)
    place.connection.execute("update second_factor set confirmed_at = now()")
    place.connection.cursor_factory = RecordingCursor
    return Watched(place, hasher)


def test_a_wrong_password_takes_the_same_work_for_every_name(watched: Watched) -> None:
    taken = {name: watched.work_of(name, WRONG, code) for name in NAMES for code in ("", "123456")}
    assert len(set(taken.values())) == 1, taken
    hashes, statements = taken["ann"]
    assert hashes == (("verify", "$argon2id$v=19$m=8,t=1,p=1"),)
    assert "user_session" not in str(statements)
    assert any("insert into audit_event" in one for one in statements)  # type: ignore[attr-defined]


def test_the_password_of_who_may_sign_in_no_more_takes_it_too(watched: Watched) -> None:
    assert watched.work_of("disabled", PASSWORD) == watched.work_of("nobody", PASSWORD)


def test_a_try_at_nobody_is_audited_for_nobody(watched: Watched) -> None:
    for name in ("nobody", "by provider", "ann"):
        watched.work_of(name, WRONG)
    query = "select u.name from audit_event a join app_user u on u.id = a.user_id where kind = %s"
    refused = watched.place.connection.execute(query, ["session.refused"]).fetchall()
    assert refused == [("ann",)]
