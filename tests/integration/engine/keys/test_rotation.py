"""A rotation leaves nothing on the old key, whoever writes meanwhile and wherever it is cut off."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from coach.engine.api import upkeep
from coach.engine.api.keys import keys
from coach.engine.api.session import Session
from coach.engine.keyring import rotation
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store.vault import deks
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW
from tests.integration.engine.keys.conftest import Sealer


def states(connection: psycopg.Connection) -> list[tuple[str, str, int]]:
    return [(one.state, one.reason, one.seals) for one in deks.summaries(connection)]


def test_everything_is_under_the_new_key_and_opens(
    session: Session, keyring: Keyring, sealed: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    places = {name: sealed(name, f"text of {name}") for name in "abcde"}
    found = keys.replace_data_key(session)
    assert (found.resealed, found.unreadable, found.done) == (5, 0, True)
    assert sorted(states(session.connection)) == [
        ("active", "asked", 5),
        ("retiring", "first use", 0),
    ]
    for name, place in places.items():
        again = replace(keyring, _keys={}, _keks={})
        assert open_secret(again, session.connection, place).reveal() == f"text of {name}"


def test_broken_off_it_goes_on_with_the_key_that_is_there(
    session: Session, keyring: Keyring, sealed: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for name in "abcde":
        sealed(name, "text")
    begun = rotation.rotate(keyring, session.connection, session.user.id, "asked", most_batches=1)
    assert (begun.resealed, begun.done) == (2, False)
    finished = keys.replace_data_key(session)
    assert (finished.dek_id, finished.resealed, finished.done) == (begun.dek_id, 3, True)


def test_a_start_goes_a_batch_on_with_it(
    session: Session, keyring: Keyring, sealed: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for name in "abcd":
        sealed(name, "text")
    rotation.rotate(keyring, session.connection, session.user.id, "asked", most_batches=1)
    upkeep.do_what_is_due(session, None)
    assert sorted(states(session.connection)) == [
        ("active", "asked", 4),
        ("retiring", "first use", 0),
    ]


def test_a_key_is_replaced_after_a_year_and_its_former_one_goes_after_the_backups(
    session: Session, sealed: Sealer
) -> None:
    sealed("main", "text")
    at = {"now": NOW + timedelta(days=364)}
    session.keyring().clock = lambda: at["now"]  # type: ignore[misc]
    later = replace(session, clock=lambda: at["now"])
    upkeep.do_what_is_due(later, None)
    assert states(session.connection) == [("active", "first use", 1)]
    at["now"] += timedelta(days=1)
    upkeep.do_what_is_due(later, None)
    assert min(states(session.connection)) == ("active", "annual", 1)
    at["now"] += timedelta(days=90)
    upkeep.do_what_is_due(later, None)
    assert sorted(states(session.connection)) == [
        ("active", "annual", 1),
        ("destroyed", "first use", 0),
    ]


def test_after_an_incident_the_key_is_gone_at_once_and_secrets_are_to_be_revoked(
    session: Session, sealed: Sealer
) -> None:
    place = sealed("main", "text")
    found = keys.replace_data_key(session, incident=True)
    assert found.destroyed == 1
    assert keys.secrets_to_revoke(session) == [place.owner]
    wrapped = session.connection.execute("select wrapped from dek where state = 'destroyed'")
    assert wrapped.fetchall() == [(None,)]


def test_an_incident_does_not_go_on_with_a_rotation_of_another_reason(
    session: Session, keyring: Keyring, sealed: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)
    for name in "ab":
        sealed(name, "text")
    begun = rotation.rotate(keyring, session.connection, session.user.id, "asked", most_batches=1)
    found = keys.replace_data_key(session, incident=True)
    assert found.dek_id != begun.dek_id
    assert (found.resealed, found.destroyed) == (2, 2)


def test_one_that_does_not_open_is_named_and_the_others_go_on(
    session: Session, sealed: Sealer
) -> None:
    broken, _ = sealed("broken", "a"), sealed("whole", "b")
    session.connection.execute(
        "update sealed_secret set sealed = sealed || '\\x00' where owner = %s", [broken.owner]
    )
    found = keys.replace_data_key(session)
    assert (found.resealed, found.unreadable, found.done) == (1, 1, True)
    assert sorted(states(session.connection)) == [
        ("active", "asked", 1),
        ("retiring", "first use", 1),
    ]


def test_who_seals_during_a_rotation_seals_under_the_new_key(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    """A token is refreshed by another process, which still knows the former key."""
    place = sealed("main", "old token")
    other = replace(keyring, _keys=dict(keyring._keys), _keks={})
    keys.replace_data_key(session)
    with session.connect() as connection, connection.transaction():
        seal_secret(other, connection, place, Secret("new token"))
    assert open_secret(keyring, session.connection, place).reveal() == "new token"
    assert min(states(session.connection)) == ("active", "asked", 1)


def test_a_secret_that_somebody_is_writing_is_waited_for_and_not_overwritten(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    place = sealed("main", "old token")
    with session.connect() as connection:
        with connection.transaction():
            seal_secret(replace(keyring, _keks={}), connection, place, Secret("new token"))
            session.connection.execute("set lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                keys.replace_data_key(session)
        session.connection.execute("reset lock_timeout")
    keys.replace_data_key(session)
    assert open_secret(keyring, session.connection, place).reveal() == "new token"
