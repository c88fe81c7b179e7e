"""Keys that lie in files are sealed by the next command, and the files are gone after that."""

from pathlib import Path

import pytest

from coach.engine.api import sight, upkeep
from coach.engine.api.session import Session
from coach.engine.keyring import upgrade
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret
from coach.engine.store import accounts, users
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.errors import KekUnavailable
from coach.files import write_private
from coach.model.accounts import UserId
from coach.model.machine.home import private_folder
from tests.integration.engine.keys.conftest import connect

KEY = '{"name": "k", "privateKey": "made up"}\n'


def leave_file(
    session: Session, name: str, user_id: UserId | None = None
) -> tuple[Path, SecretPlace]:
    """Leave an account as an older coach did: connected, its key in a file."""
    file = write_private(private_folder(session.home.state / "keys") / f"{name}.key", KEY.encode())
    whose = user_id or session.user.id
    owner = account_owner(connect(session, name, str(file), whose))
    return file, SecretPlace(whose, owner, "key", "coinbase")


def test_keys_of_all_users_are_sealed_and_the_files_are_gone(
    session: Session, keyring: Keyring
) -> None:
    other = users.add(session.connection, "other", "UTC")
    assert other is not None
    left = [leave_file(session, "mine"), leave_file(session, "theirs", other.id)]
    upkeep.do_what_is_due(session, None)
    assert [file.exists() for file, _ in left] == [False, False]
    assert accounts.key_files(session.connection) == []
    texts = [open_secret(keyring, session.connection, place).reveal() for _, place in left]
    assert texts == [KEY, KEY]


def test_a_file_that_is_gone_stays_named_and_stops_nothing(session: Session) -> None:
    gone, _ = leave_file(session, "gone")
    gone.unlink()
    there, _ = leave_file(session, "there")
    upkeep.do_what_is_due(session, None)
    assert [one.key_file for one in accounts.key_files(session.connection)] == [str(gone)]
    assert not there.exists()


@pytest.mark.parametrize("step", ["seal_secret", "open_secret"])
def test_broken_off_at_a_step_it_goes_on_from_there(
    session: Session, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    file, place = leave_file(session, "mine")
    with monkeypatch.context() as patch:
        patch.setattr(upgrade, step, broken_off)
        with pytest.raises(BrokenOff):
            upkeep.do_what_is_due(session, None)
    assert file.read_text() == KEY
    upkeep.do_what_is_due(session, None)
    assert not file.exists()
    assert open_secret(sight.keyring(session), session.connection, place).reveal() == KEY


def test_a_sealed_copy_that_does_not_open_leaves_the_file(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = leave_file(session, "mine")
    with monkeypatch.context() as patch:
        patch.setattr(upgrade, "open_secret", broken_off)
        with pytest.raises(BrokenOff):
            upkeep.do_what_is_due(session, None)
    session.connection.execute("update sealed_secret set sealed = sealed || '\\x00'")
    upkeep.do_what_is_due(session, None)
    assert file.read_text() == KEY


def test_without_a_key_of_keys_the_files_stay(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = leave_file(session, "mine")
    monkeypatch.setattr(sight.keyring(session), "open_kek", unavailable)
    upkeep.do_what_is_due(session, None)
    assert file.read_text() == KEY


class BrokenOff(Exception):
    """The process ended here."""


def broken_off(*_: object) -> None:
    raise BrokenOff


def unavailable(*_: object) -> None:
    raise KekUnavailable(what="no")
