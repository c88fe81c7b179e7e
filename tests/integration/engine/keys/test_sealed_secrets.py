"""A secret in the database opens in its place and nowhere else, and one that breaks stays alone."""

from dataclasses import replace

import psycopg
import pytest

from coach.engine.api import health
from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store import users
from coach.engine.store.vault import deks
from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.errors import KekUnavailable, NotFound, SealBroken
from coach.model.machine.keys import SecretOwner
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW
from tests.integration.engine.keys.conftest import Sealer
from tests.keyrings import keyring_in

SWAP = """
update sealed_secret s set sealed = o.sealed, dek_id = o.dek_id, version = o.version
  from sealed_secret o where o.owner = %s and s.owner = %s
"""


def state_of(connection: psycopg.Connection, place: SecretPlace) -> str:
    row = connection.execute(
        "select state from sealed_secret where owner = %s", [place.owner]
    ).fetchone()
    assert row is not None
    return str(row[0])


def checks(session: Session, name: str) -> list[tuple[str, str]]:
    return [(one.state, one.detail) for one in health.examine(session) if one.name == name]


def test_a_sealed_text_opens_in_another_process(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    place = sealed("main", "the key itself")
    again = replace(keyring, _keys={}, _keks={})
    assert open_secret(again, session.connection, place).reveal() == "the key itself"


def test_no_row_and_no_file_holds_the_text(session: Session, sealed: Sealer) -> None:
    sealed("main", "the key itself")
    rows = session.connection.execute(
        "select t::text from (select * from sealed_secret) t union all select d::text from dek d"
        " union all select c::text from connection c"
    ).fetchall()
    told = "".join(row for (row,) in rows)
    assert b"the key itself".hex() not in told
    assert "the key itself" not in told


def test_a_user_has_one_data_key_of_their_own(session: Session, sealed: Sealer) -> None:
    other = users.add(session.connection, "other", "UTC")
    assert other is not None
    for name, user in (("a", None), ("b", None), ("c", other.id)):
        sealed(name, "text", user)
    assert [(one.user, one.state, one.seals) for one in deks.summaries(session.connection)] == [
        ("local", "active", 2),
        ("other", "active", 1),
    ]


def test_a_row_that_is_put_in_the_place_of_another_does_not_open(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    mine, yours = sealed("mine", "a"), sealed("yours", "b")
    session.connection.execute(SWAP, [yours.owner, mine.owner])
    with pytest.raises(SealBroken, match="changed, or moved here"):
        open_secret(keyring, session.connection, mine)
    assert state_of(session.connection, mine) == "unreadable"
    assert open_secret(keyring, session.connection, yours).reveal() == "b"


def test_an_older_seal_does_not_open_as_a_newer_one(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    """Whoever puts back the seal of a revoked key must not bring the key back."""
    place = sealed("main", "first")
    query = "select sealed from sealed_secret where owner = %s"
    old = session.connection.execute(query, [place.owner]).fetchone()
    assert old is not None
    with session.connection.transaction():
        seal_secret(keyring, session.connection, place, Secret("second"))
    session.connection.execute("update sealed_secret set sealed = %s", [old[0]])
    with pytest.raises(SealBroken):
        open_secret(keyring, session.connection, place)


def test_what_is_in_quarantine_is_not_tried_again(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    place = sealed("main", "text")
    session.connection.execute("update sealed_secret set state = 'unreadable'")
    with pytest.raises(SealBroken, match="in quarantine"):
        open_secret(keyring, session.connection, place)


def test_the_doctor_explains_a_key_that_does_not_open(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    mine, yours = sealed("mine", "a"), sealed("yours", "b")
    session.connection.execute(SWAP, [yours.owner, mine.owner])
    with pytest.raises(SealBroken):
        open_secret(keyring, session.connection, mine)
    [(state, detail)] = checks(session, "key of mine")
    assert state == "error"
    assert "a row was changed or moved" in detail
    assert checks(session, "key of yours") == [("ok", "view-only, sealed")]


def test_a_new_key_ends_the_quarantine(session: Session, keyring: Keyring, sealed: Sealer) -> None:
    place = sealed("main", "text")
    session.connection.execute("update sealed_secret set state = 'unreadable'")
    with session.connection.transaction():
        seal_secret(keyring, session.connection, place, Secret("new"))
    assert open_secret(keyring, session.connection, place).reveal() == "new"


def test_a_wrapped_key_of_one_user_does_not_serve_another(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    other = users.add(session.connection, "other", "UTC")
    assert other is not None
    place, _ = sealed("a", "text"), sealed("b", "text", other.id)
    session.connection.execute(
        "update dek set wrapped = o.wrapped from dek o where o.user_id = %s and dek.user_id = %s",
        [other.id, session.user.id],
    )
    with pytest.raises(KekUnavailable, match="changed, or moved here"):
        open_secret(replace(keyring, _keys={}), session.connection, place)


def test_without_its_key_of_keys_coach_makes_no_new_one_and_looks_on(
    session: Session, sealed: Sealer
) -> None:
    place = sealed("main", "text")
    lost = replace(session, keyring=lambda: keyring_in(session.home.cache, lambda: NOW))
    assert lost.keyring is not None
    with pytest.raises(KekUnavailable, match="the key of keys is gone"):
        open_secret(lost.keyring(), session.connection, place)
    assert state_of(session.connection, place) == "sealed"
    assert not (session.home.cache / "vault" / "kek.age").exists()
    assert health.status(lost).user == "local"
    [(state, detail)] = checks(lost, "key of keys")
    assert (state, "is gone" in detail) == ("error", True)


def test_a_secret_that_was_never_sealed_is_not_found(session: Session, keyring: Keyring) -> None:
    place = SecretPlace(session.user.id, SecretOwner("account:9"), "key", "coinbase")
    with pytest.raises(NotFound):
        open_secret(keyring, session.connection, place)
