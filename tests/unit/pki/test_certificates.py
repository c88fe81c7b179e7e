"""Certificates made, issued, renewed and listed, in a folder."""

import json
import os
import signal
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coach.engine.api.service import keys, pid_file, pki
from coach.engine.keyring import service_keys
from coach.engine.pki.errors import AuthorityThere, CertificateTrouble, NoAuthority
from coach.engine.pki.folder import CertificateFolder
from coach.engine.vault.kek import Kek, LocalKek
from coach.engine.vault.ring import with_new_key, without_former
from coach.errors import Invalid, NotFound
from coach.model.machine.engine_service import EngineWishes
from tests import clock
from tests.unit.pki.conftest import DAY, Installation


def states(installed: Installation, days: float = 0) -> dict[str, str]:
    now = clock.now() + timedelta(days=days)
    return {one.name: one.state for one in pki.listed(installed.certificates, now)}


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "waits"), (0, "counts"), (19, "counts"), (21, "due"), (31, "ended")]
)
def test_a_certificate_is_due_from_two_thirds_of_its_life_on(
    installed: Installation, days: int, state: str
) -> None:
    assert states(installed, days)["api"] == state


def test_what_is_due_is_renewed_and_nothing_else(installed: Installation) -> None:
    folder, kek = installed.certificates, installed.kek
    later = clock.now() + 21 * DAY
    assert pki.renew(folder, kek, [], clock.now(), if_due=True) == []
    pki.issue(folder, kek, "engine", later, 7)
    [renewed] = pki.renew(folder, kek, [], later, if_due=True)
    assert (renewed.name, renewed.state) == ("api", "counts")
    assert (renewed.not_after - later).days in {29, 30}


def test_a_renewed_certificate_has_the_life_of_the_one_before(installed: Installation) -> None:
    folder, kek, now = installed.certificates, installed.kek, clock.now()
    pki.issue(folder, kek, "api", now, 7)
    [renewed] = pki.renew(folder, kek, ["api"], now + DAY)
    assert renewed.not_after - renewed.not_before == timedelta(days=7, minutes=5)


def test_no_certificate_outlives_its_authority(installed: Installation) -> None:
    folder, kek, now = installed.certificates, installed.kek, clock.now()
    pki.init(folder, kek, now, 10, again=True)
    assert {one.not_after for one in pki.listed(folder, now)} == {
        folder.trusted()[0].not_valid_after_utc
    }


def test_of_two_authorities_the_newest_issues_and_both_are_trusted(
    installed: Installation,
) -> None:
    folder, kek, now = installed.certificates, installed.kek, clock.now()
    pki.follow(folder, kek, now)
    assert [one.name for one in pki.listed(folder, now)] == ["ca", "ca", "api", "engine"]
    pki.renew(folder, kek, ["api"], now)
    assert set(states(installed).values()) == {"counts"}
    pki.follow(folder, kek, now + 1_900 * DAY)
    assert len(folder.trusted()) == 1


def test_once_a_new_authority_alone_is_trusted_the_rest_is_listed_as_that(
    installed: Installation,
) -> None:
    folder, kek = installed.certificates, installed.kek
    former = folder.file_of("api").read_bytes()
    pki.init(folder, kek, clock.now(), 100, again=True)
    folder.file_of("api").write_bytes(former)
    assert states(installed) == {"ca": "counts", "api": "not trusted", "engine": "counts"}


def test_an_authority_is_not_made_over_another_by_mistake(installed: Installation) -> None:
    before = installed.certificates.trusted_file.read_bytes()
    with pytest.raises(AuthorityThere):
        pki.init(installed.certificates, installed.kek, clock.now(), 100)
    assert installed.certificates.trusted_file.read_bytes() == before


def test_keys_are_for_their_owner_alone_and_that_of_the_authority_is_sealed(
    installed: Installation,
) -> None:
    folder = installed.certificates.folder
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(json.loads((folder / "ca-key.json").read_text())) == {"version", "kek", "wrapped"}


def test_the_key_of_the_authority_may_be_kept_apart(tmp_path: Path, kek: Kek) -> None:
    apart = tmp_path / "usb" / "ca-key.json"
    folder = CertificateFolder(tmp_path / "pki", apart)
    pki.init(folder, kek, clock.now(), 100)
    assert pki.issue(folder, kek, "api", clock.now()).state == "counts"
    assert [one.name for one in folder.folder.glob("ca-key*")] == []
    with pytest.raises(NoAuthority, match="the key of the authority is not here"):
        pki.issue(CertificateFolder(folder.folder), kek, "api", clock.now())


def test_a_key_of_another_authority_issues_nothing(
    installed: Installation, tmp_path: Path, kek: Kek
) -> None:
    other = CertificateFolder(tmp_path / "other")
    pki.init(other, kek, clock.now(), 100)
    mixed = CertificateFolder(installed.certificates.folder, other.folder / "ca-key.json")
    with pytest.raises(NoAuthority, match="another authority"):
        pki.issue(mixed, kek, "api", clock.now())


def test_nothing_is_issued_before_there_is_an_authority(tmp_path: Path, kek: Kek) -> None:
    folder = CertificateFolder(tmp_path / "pki")
    assert pki.listed(folder, clock.now()) == []
    with pytest.raises(NoAuthority, match="no authority"):
        pki.issue(folder, kek, "api", clock.now())


@pytest.mark.parametrize("name", ["ca", "API", "a/b", "", "-a", "a" * 33, "a.b"])
def test_a_service_has_a_name_that_a_file_may_have(installed: Installation, name: str) -> None:
    with pytest.raises(Invalid):
        pki.issue(installed.certificates, installed.kek, name, clock.now())


@pytest.mark.parametrize("days", [0, -1, 31])
def test_a_certificate_lives_for_thirty_days_at_most(installed: Installation, days: int) -> None:
    with pytest.raises(Invalid, match="1 to 30"):
        pki.issue(installed.certificates, installed.kek, "api", clock.now(), days)


def test_who_has_none_has_none_renewed(installed: Installation) -> None:
    with pytest.raises(NotFound):
        pki.renew(installed.certificates, installed.kek, ["worker"], clock.now())


@pytest.mark.parametrize("broken", [b"", b"no certificate"])
def test_a_broken_file_is_named(installed: Installation, broken: bytes) -> None:
    installed.certificates.file_of("api").write_bytes(broken)
    with pytest.raises(CertificateTrouble, match=r"api\.pem holds no certificate"):
        pki.listed(installed.certificates, clock.now())


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"version": 2}'])
def test_a_broken_key_of_the_authority_is_named(installed: Installation, broken: str) -> None:
    (installed.certificates.folder / "ca-key.json").write_text(broken)
    with pytest.raises(CertificateTrouble, match="no key of an authority"):
        pki.issue(installed.certificates, installed.kek, "api", clock.now())


def test_only_the_process_that_serves_is_told_to_read_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, told = tmp_path / "state" / "engine.pid", []
    monkeypatch.setattr("os.kill", lambda *call: told.append(call))
    assert not pid_file.hang_up(file)
    with pid_file.serving_as(file):
        with pid_file.serving_as(file):
            assert pid_file.hang_up(file)
        assert pid_file.hang_up(file)
    assert not pid_file.hang_up(file)
    assert told == [(os.getpid(), signal.SIGHUP)] * 2


def renewed_ring(kek: Kek) -> tuple[Kek, Kek]:
    """Return the same keys of keys with a new current one, and that one alone."""
    assert isinstance(kek, LocalKek)
    ring = with_new_key(kek.ring)
    return replace(kek, ring=ring), replace(kek, ring=without_former(ring))


def test_a_new_key_of_keys_wraps_the_key_of_the_authority_and_those_of_services(
    installed: Installation, tmp_path: Path
) -> None:
    wishes = EngineWishes("", tmp_path / "engine-keys.json")
    made = keys.make(wishes, installed.kek, clock.now())
    both, alone = renewed_ring(installed.kek)
    assert not installed.certificates.wrap_anew(alone)
    assert not service_keys.wrap_anew(wishes.keys_file, alone)
    for _ in range(2):
        assert installed.certificates.wrap_anew(both)
        assert service_keys.wrap_anew(wishes.keys_file, both)
    assert pki.issue(installed.certificates, alone, "api", clock.now()).state == "counts"
    assert keys.KeysOfFile(wishes.keys_file, lambda: alone).known(made.id, clock.now())


def test_what_is_not_there_needs_no_new_key_of_keys(tmp_path: Path, kek: Kek) -> None:
    assert CertificateFolder(tmp_path / "pki").wrap_anew(kek)
    assert service_keys.wrap_anew(tmp_path / "engine-keys.json", kek)
