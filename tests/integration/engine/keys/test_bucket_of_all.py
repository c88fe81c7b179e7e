"""The sealed key of the bucket in which all users keep their candles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from coach import wiring
from coach.engine.api import users
from coach.engine.api.keys import keys
from coach.engine.api.session import Session
from coach.engine.keyring.handed_in import open_several, seal_named
from coach.engine.keyring.keyring import Keyring
from coach.engine.store.connect import connect
from coach.errors import ObjectTrouble
from coach.model.machine.secrets import Secret
from coach.settings import reading

BUCKET = "s3://bars/coach"
KEY = Secret("AKIAIOSFODNN7EXAMPLE\nhunter2hunter2hunter2hunter2hunter2hunte\n")
OTHER = Secret("AKIAIOSFODNN7EXAMPLF\nanother2another2another2another2another2\n")

Act = Callable[[str, Secret | None], str]


@pytest.fixture
def act(database_url: str, tmp_path: Path) -> Act:
    """Seal a key as a user where there is one, else open the bucket; return where that is."""
    read = reading.read({"COACH_HOME": str(tmp_path), "COACH_OBJECT_STORE": BUCKET}, {})
    settings = replace(read, database_url=database_url)
    with connect(database_url) as connection:
        for name in ("local", "ann", "ben"):
            users.add(connection, name, "UTC")

    def as_user(name: str, sealing: Secret | None) -> str:
        with connect(database_url) as connection:
            session = wiring.session_over(connection, replace(settings, user=name))
            if sealing is not None:
                assert keys.seal_named(session, "s3", sealing)
                return ""
            assert session.objects is not None
            with connection.confined_to(session.user.id):
                return session.objects().place

    return as_user


def test_the_key_that_the_terminal_sealed_opens_the_bucket_for_a_friend(act: Act) -> None:
    for name in ("local", "ann"):
        with pytest.raises(ObjectTrouble, match="no keys"):
            act(name, None)
    act("local", KEY)
    assert [act(name, None) for name in ("local", "ann", "ben")] == [BUCKET] * 3


def test_it_opens_it_for_the_terminal_where_a_friend_sealed_it(act: Act) -> None:
    act("ann", KEY)
    assert [act(name, None) for name in ("local", "ann", "ben")] == [BUCKET] * 3


def test_ones_own_key_comes_first_and_one_that_does_not_open_is_passed_by(
    session: Session, keyring: Keyring
) -> None:
    connection, warned = session.connection, list[str]()
    for name, secret in (("ann", OTHER), ("ben", KEY)):
        made = users.add(connection, name, "UTC")
        seal_named(keyring, connection, made.id, "s3", secret)

    def found(name: str) -> str:
        opened = open_several(keyring, connection, name, ["s3", "coinapi"], warned.append)
        assert set(opened) == {"s3"}
        return opened["s3"].reveal()

    assert [found(name) for name in ("ann", "ben", "local")] == [
        one.reveal() for one in (OTHER, KEY, OTHER)
    ]
    assert warned == []
    anns = "user_id = (select id from app_user where name = 'ann')"
    connection.execute(f"update sealed_secret set sealed = 'x' where {anns}")  # noqa: S608 - constants
    assert [found(name) for name in ("ann", "local")] == [KEY.reveal()] * 2
    assert len(warned) == 2
