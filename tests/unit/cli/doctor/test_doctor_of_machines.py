"""The doctor names what is wrong with a machine, and says what to do."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.doctor.folders import folder_checks, room_check
from coach.cli.doctor.installation import path_checks, version_checks
from coach.cli.doctor.serving import proxy_checks
from coach.cli.doctor.timers import timer_checks
from coach.cli.frame import of_process
from coach.cli.manner import Manner
from coach.cli.schedule.last_runs import keep
from coach.engine.api.health import Check
from coach.model.machine.home import Home
from coach.model.machine.schedule import LastRun
from coach.settings.reading import read

Coach = Callable[..., CompletedProcess[str]]
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
CRONTAB = '#!/bin/sh\n[ "$1" = -l ] && exec cat "{file}"\nexec cat > "{file}"\n'


@pytest.fixture
def folders(tmp_path: Path) -> Home:
    home = Home(*(tmp_path / name for name in ("config", "data", "state", "cache")))
    for folder in (home.config, home.data, home.state, home.cache):
        folder.mkdir(mode=0o700)
    return home


def troubles(checks: list[Check]) -> list[Check]:
    """Return what is wrong; each says what to do."""
    found = [one for one in checks if one.state not in {"ok", "skipped"}]
    assert all(one.detail and (one.hint or one.remedy) for one in found)
    return found


def test_a_home_that_is_well_is_not_talked_about(folders: Home) -> None:
    assert [
        one for one in troubles([*folder_checks(folders, os.getuid())]) if one.name != "disk"
    ] == []


@pytest.mark.parametrize(
    ("free", "state"), [(5_000_000, "error"), (500_000_000, "warning"), (5_000_000_000, "ok")]
)
def test_a_disk_is_full_or_nearly_so(free: int, state: str) -> None:
    assert room_check(free, Path("/home")).state == state


def test_a_home_of_somebody_else(folders: Home) -> None:
    found = [*folder_checks(folders, os.getuid() + 1)]
    wrong = [one for one in troubles(found) if "belongs to" in one.detail]
    assert [one.name for one in wrong] == ["config", "data", "state", "cache"]


@pytest.mark.skipif(os.getuid() == 0, reason="needs an ordinary user: root may write everywhere")
def test_a_home_that_cannot_be_written(folders: Home) -> None:
    folders.data.chmod(0o500)
    [wrong] = [
        one for one in troubles([*folder_checks(folders, os.getuid())]) if one.name == "data"
    ]
    assert "may not write" in wrong.detail
    folders.data.chmod(0o700)


def test_a_home_that_is_a_file(folders: Home) -> None:
    folders.state.rmdir()
    folders.state.write_text("")
    wrong = troubles([*folder_checks(folders, os.getuid())])
    assert "is a file" in next(one for one in wrong if one.name == "state").detail


def test_a_password_that_others_can_read(folders: Home) -> None:
    file = folders.config / "config.toml"
    file.write_text('database_url = "postgresql://me:x@db/coach"\n')
    file.chmod(0o644)
    wrong = troubles([*folder_checks(folders, os.getuid())])
    assert f"chmod 600 '{file}'" in [one.hint for one in wrong]


def test_half_of_an_upgrade() -> None:
    [wrong] = version_checks("0.1.0", "0.2.0")
    assert "0.1.0" in wrong.detail
    assert "0.2.0" in wrong.detail
    assert [*version_checks("0.2.0", "0.2.0")] == []


def test_another_coach_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "coach").write_text("")
    [wrong] = path_checks("/usr/local/bin/coach", tmp_path)
    assert "/usr/local/bin/coach" in wrong.detail
    assert [*path_checks(str(tmp_path / "coach"), tmp_path)] == []
    assert [*path_checks(None, tmp_path)] == []


@pytest.mark.parametrize(
    ("proxies", "names", "word"),
    [("127.0.0.1", "", "no name is set"), ("", "coach.example.org", "no proxy is trusted")],
)
def test_a_proxy_without_names_and_names_without_a_proxy(
    proxies: str, names: str, word: str
) -> None:
    settings = replace(read({"HOME": "/home/me"}, {}), trusted_proxies=proxies, public_names=names)
    [wrong] = proxy_checks(settings)
    assert word in wrong.detail


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file, program = tmp_path / "told", tmp_path / "crontab"
    file.write_text("")
    program.write_text(CRONTAB.format(file=file))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    return file


def timers(now: datetime = NOW) -> list[Check]:
    return troubles([*timer_checks(of_process(Manner()), now)])


def test_a_schedule_beside_a_line_by_hand(real: Coach, crontab: Path) -> None:
    assert real("schedule", "install", "--cron").returncode == 0
    assert timers() == []
    with crontab.open("a") as file:
        file.write("*/10 * * * * coach worker --once\n")
    assert "coach worker --once" in timers()[0].detail


def test_a_schedule_twice(real: Coach, crontab: Path, tmp_path: Path) -> None:
    assert real("schedule", "install", "--cron").returncode == 0
    assert crontab.exists()
    name = next(iter(real("schedule", "print", "--systemd").stdout.splitlines())).split()[1]
    folder = tmp_path / "xdg" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / name.replace(".service", ".timer")).write_text("OnCalendar=daily\n")
    assert "cron and by systemd" in timers()[0].detail


def test_a_job_that_failed_and_one_that_no_longer_comes(
    real: Coach, crontab: Path, home: Path
) -> None:
    assert real("schedule", "install", "--cron").returncode == 0
    assert crontab.exists()
    folders = Home(*(home / name for name in ("config", "data", "state", "cache")))
    keep(folders, "sync", LastRun(NOW, NOW, 75, "the broker is down", None))
    keep(folders, "digest", LastRun(NOW - timedelta(days=3), NOW, 0, "week 2026-W13", None))
    failed, silent = timers()
    assert "sync ended with 75: the broker is down" in failed.detail
    assert "digest ran last on 2026-03-29" in silent.detail


def test_half_a_block_in_the_crontab(crontab: Path, home: Path) -> None:
    crontab.write_text(f"# begin of coach schedule for {home / 'data'}\n")
    [wrong] = timers()
    assert (wrong.name, wrong.state) == ("schedule", "error")


def test_a_typing_mistake_in_the_config_file(real: Coach, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('zoen = "UTC"\n')
    ended = real("doctor")
    assert ended.returncode == 1
    assert "error\tsettings" in ended.stdout
    assert "did you mean zone?" in ended.stdout


def test_a_secret_in_two_places(real: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://me:canary@127.0.0.1:1/coach")
    monkeypatch.setenv("COACH_DATABASE_URL_FILE", "/run/url")
    ended = real("doctor")
    assert ended.returncode == 1
    assert "COACH_DATABASE_URL_FILE is set, too" in ended.stdout
    assert "canary" not in ended.stdout


def test_a_secret_in_a_file_that_others_can_read(
    real: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://me@127.0.0.1:1/coach")
    file.chmod(0o644)
    monkeypatch.setenv("COACH_DATABASE_URL_FILE", str(file))
    ended = real("doctor")
    assert ended.returncode == 1
    assert f"chmod 600 {file}" in ended.stdout


def test_a_zone_that_there_is_not(real: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_ZONE", "Europe/Belrin")
    ended = real("doctor")
    assert ended.returncode == 1
    assert "did you mean Europe/Berlin?" in ended.stdout
