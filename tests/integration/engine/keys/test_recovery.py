"""The key of keys is replaced, moved, lost, and found again in a recovery file."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from coach.engine.api import sight
from coach.engine.api.keys import keys
from coach.engine.api.service import keys as service_keys
from coach.engine.api.service import pki
from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store.vault import deks
from coach.engine.vault.providers.choice import open_kek
from coach.errors import Conflict, KekUnavailable, Refused, SealBroken, WrongPassphrase
from coach.model.machine.engine_service import EngineWishes
from coach.model.machine.keys import KekProvider
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW
from tests.integration.engine.keys.conftest import Sealer
from tests.keyrings import keyring_in, wishes_in

PASSPHRASE = Secret("correct horse battery")
As = Callable[[KekProvider], Session]


@pytest.fixture
def with_provider(session: Session, tmp_path: Path) -> As:
    """Return a function that returns the session of a new process with this provider."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    passphrase = folder / "passphrase"
    passphrase.write_text(f"{PASSPHRASE.reveal()}\n")
    passphrase.chmod(0o600)

    def again(provider: KekProvider) -> Session:
        ring = keyring_in(folder, lambda: NOW, provider)
        return replace(session, keyring=lambda: ring, kek=wishes_in(folder, provider))

    return again


def test_a_new_key_of_keys_opens_what_the_former_one_sealed(
    session: Session, sealed: Sealer, with_provider: As
) -> None:
    place = sealed("main", "text")
    before = keys.status(session).kek_id
    found = keys.wrap_anew(with_provider("age-file"))
    assert (found.rewrapped, found.failed) == (1, 0)
    again = with_provider("age-file")
    assert keys.status(again).kek_id == found.kek_id != before
    assert open_secret(sight.keyring(again), session.connection, place).reveal() == "text"


def test_the_keys_of_services_open_when_the_former_key_of_keys_is_dropped(
    sealed: Sealer, with_provider: As, tmp_path: Path
) -> None:
    sealed("main", "text")
    engine = EngineWishes("", tmp_path / "engine-keys.json", certificates=tmp_path / "pki")
    folder = pki.folder_of(engine.certificates)
    former = service_keys.key_of_keys(with_provider("age-file"))
    made = service_keys.make(engine, former, NOW)
    pki.init(folder, former, NOW, 100)
    found = keys.wrap_anew(with_provider("age-file"), engine, drop_former=True)
    assert (found.failed, found.dropped) == (0, 1)
    kek = service_keys.key_of_keys(with_provider("age-file"))
    assert service_keys.KeysOfFile(engine.keys_file, lambda: kek).known(made.id, NOW)
    assert pki.issue(folder, kek, "api", NOW).state == "counts"


def test_what_a_lost_key_of_keys_wrapped_elsewhere_keeps_the_former_ones(
    sealed: Sealer, with_provider: As, tmp_path: Path
) -> None:
    sealed("main", "text")
    engine = EngineWishes("", tmp_path / "engine-keys.json", certificates=tmp_path / "pki")
    lost = open_kek(wishes_in(tmp_path / "lost"), "age-file", lambda: True)
    service_keys.make(engine, lost, NOW)
    found = keys.wrap_anew(with_provider("age-file"), engine, drop_former=True)
    assert (found.failed, found.dropped) == (1, 0)


def test_cut_off_between_the_ring_and_the_data_keys_no_third_key_is_made(
    sealed: Sealer, with_provider: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed("main", "text")
    with monkeypatch.context() as patch:
        patch.setattr(deks, "replace_wrapping", cut_off)
        with pytest.raises(InterruptedError):
            keys.wrap_anew(with_provider("age-file"))
    begun = keys.status(with_provider("age-file"))
    finished = keys.wrap_anew(with_provider("age-file"))
    assert (finished.kek_id, finished.rewrapped) == (begun.kek_id, 1)


def test_a_former_key_of_keys_opens_a_backup_until_it_is_dropped(
    session: Session, sealed: Sealer, with_provider: As
) -> None:
    place = sealed("main", "text")
    backup = session.connection.execute("select wrapped, kek_id from dek").fetchone()
    keys.wrap_anew(with_provider("age-file"))
    restore = "update dek set wrapped = %s, kek_id = %s"
    session.connection.execute(restore, backup)
    ring = sight.keyring(with_provider("age-file"))
    assert open_secret(ring, session.connection, place).reveal() == "text"
    assert keys.wrap_anew(with_provider("age-file"), drop_former=True).dropped == 1
    session.connection.execute(restore, backup)
    with pytest.raises(KekUnavailable, match="is not here"):
        open_secret(sight.keyring(with_provider("age-file")), session.connection, place)


def test_another_provider_takes_over(session: Session, sealed: Sealer, with_provider: As) -> None:
    place = sealed("main", "text")
    found = keys.wrap_anew(with_provider("passphrase"))
    assert found.rewrapped == 1
    [row] = keys.status(with_provider("passphrase")).deks
    assert (row.kek_provider, row.kek_id) == ("passphrase", found.kek_id)
    shutil.rmtree(sight.keyring(session).open_kek.args[0].folder)  # type: ignore[attr-defined]
    with pytest.raises(KekUnavailable, match="is gone"):
        open_secret(sight.keyring(with_provider("passphrase")), session.connection, place)


def test_a_recovery_file_brings_the_lost_key_back(
    session: Session, sealed: Sealer, with_provider: As, tmp_path: Path
) -> None:
    place, kit = sealed("main", "text"), tmp_path / "kit.age"
    assert not keys.status(session).recoverable
    keys.export_recovery(session, kit, PASSPHRASE)
    assert keys.status(session).recoverable
    shutil.rmtree(tmp_path / "keys")
    (tmp_path / "keys").mkdir(mode=0o700)
    lost = with_provider("age-file")
    assert "is gone" in keys.status(lost).trouble
    with pytest.raises(WrongPassphrase):
        keys.restore(lost, kit.read_bytes(), Secret("another passphrase"))
    assert keys.restore(lost, kit.read_bytes(), PASSPHRASE) == 1
    ring = sight.keyring(with_provider("age-file"))
    assert open_secret(ring, session.connection, place).reveal() == "text"


def test_a_recovery_file_is_private_and_never_replaces_another(
    session: Session, sealed: Sealer, tmp_path: Path
) -> None:
    sealed("main", "text")
    kit = keys.export_recovery(session, tmp_path / "kit.age", PASSPHRASE)
    assert kit.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict, match="already"):
        keys.export_recovery(session, kit, PASSPHRASE)


def test_a_recovery_file_of_another_installation_is_refused(
    session: Session, sealed: Sealer, with_provider: As, tmp_path: Path
) -> None:
    sealed("main", "text")
    other = keyring_in(tmp_path / "other", lambda: NOW)
    with session.connection.transaction(force_rollback=True):
        session.connection.execute("delete from sealed_secret")
        session.connection.execute("delete from dek")
        keys.export_recovery(replace(session, keyring=lambda: other), tmp_path / "k", PASSPHRASE)
    with pytest.raises(Refused, match="opens nothing"):
        keys.restore(with_provider("age-file"), (tmp_path / "k").read_bytes(), PASSPHRASE)


def test_what_is_lost_for_good_is_given_up_and_coach_begins_anew(
    session: Session, sealed: Sealer, with_provider: As, tmp_path: Path
) -> None:
    place = sealed("main", "text")
    with pytest.raises(Refused, match="nothing has to be given up"):
        keys.abandon(with_provider("age-file"))
    (tmp_path / "keys" / "kek-identity.txt").unlink()
    assert keys.abandon(with_provider("age-file")) == 1
    ring = sight.keyring(with_provider("age-file"))
    with pytest.raises(SealBroken):
        open_secret(ring, session.connection, place)
    with session.connection.transaction():
        seal_secret(ring, session.connection, place, Secret("new"))
    assert open_secret(ring, session.connection, place).reveal() == "new"


def test_a_key_of_keys_that_is_not_needed_is_not_made(session: Session, keyring: Keyring) -> None:
    assert keys.status(session).kek_id is None
    assert keyring._keks == {}


def cut_off(*_: object) -> None:
    raise InterruptedError
