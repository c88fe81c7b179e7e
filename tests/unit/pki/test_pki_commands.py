"""`coach pki` without a database: what was issued is listed, renewed and told."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.app import run
from coach.engine.vault.kek import Kek
from tests.unit.pki.conftest import Installation

Coach = Callable[..., CompletedProcess[str]]


@pytest.fixture
def coach(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kek: Kek,
) -> Iterator[Coach]:
    """Run a line in a home of its own, whose certificates are those of `installed`."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COACH_ENGINE_PKI", str(tmp_path / "pki"))
    monkeypatch.setattr("coach.wiring.service_kek", lambda _: kek)
    before = signal.getsignal(signal.SIGTERM)

    def coach(*words: str) -> CompletedProcess[str]:
        code = run(words)
        said = capfd.readouterr()
        return CompletedProcess(words, code, said.out, said.err)

    yield coach
    signal.signal(signal.SIGTERM, before)


def rows(ended: CompletedProcess[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(ended.stdout)["data"]
    return found


@pytest.mark.usefixtures("installed")
def test_the_status_shows_names_and_times_and_no_key(coach: Coach, tmp_path: Path) -> None:
    ended = coach("pki", "status", "--json")
    assert [(one["name"], one["kind"], one["state"]) for one in rows(ended)] == [
        ("ca", "authority", "counts"),
        ("api", "client", "counts"),
        ("engine", "server", "counts"),
    ]
    key = (tmp_path / "pki" / "api.pem").read_text().split("PRIVATE KEY-----\n")[1]
    assert key.splitlines()[0] not in ended.stdout
    assert "PRIVATE" not in ended.stdout + ended.stderr


def test_without_any_the_status_says_where_to_start(coach: Coach) -> None:
    ended = coach("pki", "status", "--json")
    assert (ended.returncode, rows(ended)) == (0, [])


@pytest.mark.usefixtures("installed")
def test_a_timer_hears_nothing_where_nothing_is_due(coach: Coach) -> None:
    ended = coach("pki", "renew", "--if-due", "--reload", "--json")
    assert (ended.returncode, rows(ended), ended.stderr) == (0, [], "")


def test_one_service_is_renewed(coach: Coach, installed: Installation) -> None:
    before = installed.certificates.certificate("api").serial_number
    other = installed.certificates.certificate("engine").serial_number
    assert [one["name"] for one in rows(coach("pki", "renew", "api", "--json"))] == ["api"]
    assert installed.certificates.certificate("api").serial_number != before
    assert installed.certificates.certificate("engine").serial_number == other


def test_a_life_of_its_own_is_kept(coach: Coach, installed: Installation) -> None:
    assert coach("pki", "issue", "api", "--days", "7").returncode == 0
    assert coach("pki", "renew").returncode == 0
    found = installed.certificates.certificate("api")
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days == 7


def test_another_authority_follows(coach: Coach, installed: Installation) -> None:
    assert coach("pki", "renew", "--authority").returncode == 0
    assert len(installed.certificates.trusted()) == 2


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("pki renew --authority api", 2, "--authority goes alone"),
        ("pki renew --authority --if-due", 2, "--authority goes alone"),
        ("pki renew worker", 1, "coach pki status"),
        ("pki issue API", 2, "small letters"),
        ("pki issue api --days 31", 2, "1 to 30"),
        ("pki issue api --authority-key /nowhere/key.json", 1, "--authority-key FILE names it"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_what_cannot_be_done_is_told(coach: Coach, line: str, code: int, said: str) -> None:
    ended = coach(*line.split(), "--json")
    assert ended.returncode == code
    assert said in ended.stdout + ended.stderr


def test_nothing_is_issued_without_an_authority(coach: Coach) -> None:
    ended = coach("pki", "issue", "api", "--json")
    error = json.loads(ended.stdout)["error"]
    assert (ended.returncode, error["code"]) == (1, "E_CERTIFICATE")
    assert "coach pki init" in error["hint"]
