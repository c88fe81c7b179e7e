"""What the doctor says of keys and certificates between services."""

from dataclasses import replace
from pathlib import Path

from coach.engine.api.checks.services import service_checks
from coach.engine.api.service import keys, pki
from coach.engine.vault.kek import Kek
from coach.model.machine.engine_service import EngineWishes
from tests import clock
from tests.unit.pki.conftest import DAY, Installation


def wishes(installed: Installation, tmp_path: Path) -> EngineWishes:
    folder = installed.certificates.folder
    return EngineWishes("", tmp_path / "keys.json", certificates=folder, by_certificate=True)


def found(wishes: EngineWishes, days: float = 0) -> list[tuple[str, str, str | None]]:
    checks = service_checks(wishes, clock.now() + days * DAY)
    return [(one.name, one.state, one.remedy) for one in checks]


def test_who_uses_no_service_hears_nothing(tmp_path: Path) -> None:
    assert found(EngineWishes("", tmp_path / "keys.json", certificates=tmp_path / "pki")) == []


def test_certificates_are_told_when_due(installed: Installation, tmp_path: Path) -> None:
    here = wishes(installed, tmp_path)
    assert found(here, 19) == [("certificates", "ok", None)]
    assert found(here, 21) == [("certificates", "warning", "renew_certificates")]
    assert found(here, 1_300) == [("certificates", "warning", "renew_authority")]


def test_one_of_another_authority_is_told(installed: Installation, tmp_path: Path) -> None:
    folder = installed.certificates
    former = folder.file_of("api").read_bytes()
    pki.init(folder, installed.kek, clock.now(), 100, again=True)
    folder.file_of("api").write_bytes(former)
    [check] = service_checks(wishes(installed, tmp_path), clock.now())
    assert (check.state, check.detail) == ("warning", "api: not trusted")


def test_a_folder_without_an_authority_and_a_broken_file_are_told(
    installed: Installation, tmp_path: Path
) -> None:
    here = wishes(installed, tmp_path)
    empty = replace(here, certificates=tmp_path / "none")
    assert found(empty) == [("certificates", "warning", "make_authority")]
    installed.certificates.file_of("api").write_bytes(b"")
    assert found(here) == [("certificates", "warning", "list_certificates")]


def test_keys_are_told_two_weeks_before_the_last_one_ends(tmp_path: Path, kek: Kek) -> None:
    here = EngineWishes("", tmp_path / "keys.json", certificates=tmp_path / "pki")
    keys.make(here, kek, clock.now(), 90)
    assert found(here, 70) == [("service keys", "ok", None)]
    assert found(here, 80) == [("service keys", "warning", "make_service_key")]
    assert found(here, 91) == [("service keys", "warning", "make_service_key")]
    here.keys_file.write_text("{}")
    assert [one[:2] for one in found(here)] == [("service keys", "warning")]
