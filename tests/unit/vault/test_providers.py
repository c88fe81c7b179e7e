"""Who keeps the key of keys: what each makes, refuses and says when it cannot be had."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from coach.engine.vault.kek import Kek, RingPlace, open_ring
from coach.engine.vault.providers.age_file import AgeFile
from coach.engine.vault.providers.choice import open_kek, ring_place
from coach.engine.vault.providers.os_keyring import OsKeyring
from coach.engine.vault.providers.passphrase import PassphraseFile
from coach.engine.vault.providers.systemd import SystemdCredential
from coach.engine.vault.ring import (
    KekRing,
    WrapContext,
    new_ring,
    ring_in,
    ring_text,
    with_new_key,
    without_former,
)
from coach.errors import ConfigError, KekUnavailable, WrongPassphrase
from coach.model.machine.keys import KEK_PROVIDERS
from coach.model.machine.secrets import Secret
from tests.keyrings import wishes_in

DEK = bytes(range(32))
MINE = WrapContext("user", b"k" * 16)


class DictKeyring(KeyringBackend):
    """A keyring of the desktop, as a dictionary."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def desktop() -> Iterator[DictKeyring]:
    was, made = keyring.get_keyring(), DictKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(was)


@pytest.fixture
def age_file(tmp_path: Path) -> AgeFile:
    return AgeFile(tmp_path / "state" / "kek.age", tmp_path / "config" / "kek-identity.txt")


def opened(place: RingPlace, folder: Path, *, may_make: bool = True) -> Kek:
    return open_ring(place, folder, lambda: may_make)


def test_what_one_process_wraps_another_unwraps(age_file: AgeFile, tmp_path: Path) -> None:
    made = opened(age_file, tmp_path)
    wrapped = made.wrap(DEK, MINE)
    again = opened(age_file, tmp_path, may_make=False)
    assert again.unwrap(wrapped, made.current, MINE) == DEK


def test_both_files_are_private_and_the_ring_is_not_plain(
    age_file: AgeFile, tmp_path: Path
) -> None:
    opened(age_file, tmp_path)
    for file in (age_file.ring_file, age_file.identity_file):
        assert file.stat().st_mode & 0o777 == 0o600
        assert b"keys" not in file.read_bytes()


@pytest.mark.parametrize("lost", ["ring_file", "identity_file"])
def test_nothing_is_made_anew_where_a_file_is_gone(
    age_file: AgeFile, tmp_path: Path, lost: str
) -> None:
    opened(age_file, tmp_path)
    getattr(age_file, lost).unlink()
    with pytest.raises(KekUnavailable, match="gone"):
        opened(age_file, tmp_path, may_make=False)
    assert not getattr(age_file, lost).exists()


def test_a_ring_that_was_cut_off_in_its_making_is_made_again(
    age_file: AgeFile, tmp_path: Path
) -> None:
    opened(age_file, tmp_path)
    age_file.ring_file.unlink()
    identity = age_file.identity_file.read_bytes()
    opened(age_file, tmp_path)
    assert age_file.identity_file.read_bytes() == identity


@pytest.mark.parametrize("readable", ["ring_file", "identity_file"])
def test_files_that_others_can_read_are_refused(
    age_file: AgeFile, tmp_path: Path, readable: str
) -> None:
    opened(age_file, tmp_path)
    file: Path = getattr(age_file, readable)
    file.chmod(0o640)
    with pytest.raises(KekUnavailable, match="read by others") as caught:
        opened(age_file, tmp_path)
    assert caught.value.hint == f"chmod 600 '{file}'"


@pytest.mark.root
def test_files_of_another_user_are_refused(age_file: AgeFile, tmp_path: Path) -> None:
    opened(age_file, tmp_path)
    os.chown(age_file.identity_file, 65534, 65534)
    with pytest.raises(KekUnavailable, match="not yours"):
        opened(age_file, tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"nothing", b"AGE-SECRET-KEY-1XX", b"AGE-SECRET-KEY-PQ-1XX", b"\xff\xfe"]
)
def test_an_identity_that_is_none_is_named_and_not_quoted(
    age_file: AgeFile, tmp_path: Path, text: bytes
) -> None:
    opened(age_file, tmp_path)
    age_file.identity_file.write_bytes(text)
    with pytest.raises(KekUnavailable, match="no age identity") as caught:
        opened(age_file, tmp_path)
    assert "AGE-SECRET" not in str(caught.value)


def test_an_identity_of_somebody_else_does_not_open_it(age_file: AgeFile, tmp_path: Path) -> None:
    opened(age_file, tmp_path)
    other = AgeFile(tmp_path / "other.age", tmp_path / "other.txt")
    opened(other, tmp_path)
    age_file.identity_file.write_bytes(other.identity_file.read_bytes())
    with pytest.raises(KekUnavailable, match="does not open"):
        opened(age_file, tmp_path)


def test_a_passphrase_opens_its_ring_and_no_other_does(tmp_path: Path) -> None:
    file = tmp_path / "kek.age"
    made = opened(PassphraseFile(file, lambda: Secret("the right one")), tmp_path)
    again = opened(PassphraseFile(file, lambda: Secret("the right one")), tmp_path, may_make=False)
    assert again.current == made.current
    with pytest.raises(WrongPassphrase) as caught:
        opened(PassphraseFile(file, lambda: Secret("another one")), tmp_path)
    assert "another one" not in f"{caught.value}{caught.value.hint}"


def test_a_passphrase_that_cannot_be_had_leaves_the_ring_unread(tmp_path: Path) -> None:
    def ask() -> Secret:
        raise ConfigError("chmod 600 f", name="COACH_KEK_PASSPHRASE_FILE", what="'f' is gone")

    with pytest.raises(KekUnavailable, match="COACH_KEK_PASSPHRASE_FILE: 'f' is gone") as caught:
        opened(PassphraseFile(tmp_path / "kek.age", ask), tmp_path)
    assert caught.value.hint == "chmod 600 f"


def test_without_a_passphrase_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(KekUnavailable, match="no passphrase"):
        opened(PassphraseFile(tmp_path / "kek.age", lambda: Secret("")), tmp_path)
    assert not (tmp_path / "kek.age").exists()


def test_a_credential_of_systemd_is_read_and_never_written(tmp_path: Path) -> None:
    ring = new_ring()
    (tmp_path / "coach-kek").write_bytes(ring_text(ring))
    place = SystemdCredential(str(tmp_path))
    assert opened(place, tmp_path).current == ring.current
    with pytest.raises(KekUnavailable, match="cannot write the credential"):
        place.save(with_new_key(ring))


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_a_service_without_the_credential_is_told(folder: str, tmp_path: Path) -> None:
    with pytest.raises(KekUnavailable) as caught:
        opened(SystemdCredential(folder), tmp_path)
    assert "LoadCredentialEncrypted" in caught.value.hint


def test_the_desktop_keeps_a_ring(desktop: DictKeyring, tmp_path: Path) -> None:
    made = opened(OsKeyring("home"), tmp_path)
    assert opened(OsKeyring("home"), tmp_path, may_make=False).current == made.current
    assert list(desktop.kept) == [("coach", "home")]
    with pytest.raises(KekUnavailable, match="is gone"):
        opened(OsKeyring("another"), tmp_path, may_make=False)


@pytest.mark.parametrize("store", [fail.Keyring, null.Keyring])
def test_a_machine_without_a_keyring_is_told_and_keeps_nothing(
    desktop: DictKeyring, tmp_path: Path, store: type[KeyringBackend]
) -> None:
    keyring.set_keyring(store())
    with pytest.raises(KekUnavailable, match=r"no keyring here that keeps secrets"):
        opened(OsKeyring("home"), tmp_path)
    assert desktop.kept == {}


def test_a_keyring_that_keeps_plain_text_is_refused(desktop: DictKeyring, tmp_path: Path) -> None:
    plain = type("PlaintextKeyring", (DictKeyring,), {"__module__": "keyrings.alt.file"})
    keyring.set_keyring(plain())
    with pytest.raises(KekUnavailable, match=r"keyrings\.alt"):
        opened(OsKeyring("home"), tmp_path)
    assert desktop.kept == {}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"version": 1, "current": "a", "keys": {}}',
        b'{"version": 1, "current": "a", "keys": {"a": "AAAA"}}',
        b'{"version": 1, "current": "a", "keys": {"a": 7}}',
        ring_text(new_ring()).replace(b'"version":1', b'"version":2'),
    ],
)
def test_what_is_no_ring_is_refused(text: bytes) -> None:
    with pytest.raises(KekUnavailable, match="holds no ring"):
        ring_in(text, "there")


def test_a_ring_is_read_as_it_was_written_and_prints_no_key() -> None:
    ring = with_new_key(new_ring())
    assert ring_in(ring_text(ring), "there") == ring
    assert not [key for key in ring.keys.values() if repr(key) in repr(ring)]
    assert list(without_former(ring).keys) == [ring.current]


@pytest.mark.parametrize(
    "elsewhere",
    [
        WrapContext("other", b"k" * 16),
        WrapContext("user", b"l" * 16),
        WrapContext("user", b"k" * 16, "sign"),
    ],
    ids=repr,
)
def test_a_wrapped_key_opens_for_its_tenant_and_purpose_alone(
    age_file: AgeFile, tmp_path: Path, elsewhere: WrapContext
) -> None:
    made = opened(age_file, tmp_path)
    with pytest.raises(KekUnavailable, match="changed, or moved"):
        made.unwrap(made.wrap(DEK, MINE), made.current, elsewhere)


def test_a_key_that_is_not_on_the_ring_is_named(age_file: AgeFile, tmp_path: Path) -> None:
    made = opened(age_file, tmp_path)
    with pytest.raises(KekUnavailable, match="the key 00"):
        made.unwrap(made.wrap(DEK, MINE), "00", MINE)


def test_every_provider_can_be_chosen(tmp_path: Path) -> None:
    for provider in KEK_PROVIDERS:
        wishes = wishes_in(tmp_path, provider)
        if provider == "aws-kms":
            assert open_kek(wishes, provider, lambda: True).provider == provider
            with pytest.raises(ConfigError):
                ring_place(wishes, provider)
        else:
            assert ring_place(wishes, provider).provider == provider


def test_two_rings_that_were_made_at_once_are_one(age_file: AgeFile, tmp_path: Path) -> None:
    class Late(AgeFile):
        """Finds nothing the first time, as a process does that was overtaken."""

        looked: ClassVar[list[int]] = []

        def load(self) -> KekRing | None:
            self.looked.append(1)
            return None if len(self.looked) == 1 else super().load()

    first = opened(age_file, tmp_path)
    second = opened(Late(age_file.ring_file, age_file.identity_file), tmp_path)
    assert second.current == first.current
