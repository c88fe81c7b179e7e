"""The schedule is installed in one place, again and again without a second copy, and goes whole."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Coach = Callable[..., CompletedProcess[str]]
MINE = "MAILTO=me@example.org\n0 4 * * * backup --all\n"


def told(programs: Path, name: str) -> str:
    file = programs / f"{name}.told"
    return file.read_text() if file.exists() else ""


def test_a_block_is_written_once_and_taken_out_whole(real: Coach, programs: Path) -> None:
    file = programs / "crontab.told"
    file.write_text(MINE)
    assert real("schedule", "install", "--cron").returncode == 0
    once = told(programs, "crontab")
    assert real("schedule", "install", "--cron").returncode == 0
    assert told(programs, "crontab") == once
    assert once.startswith(MINE)
    assert once.count("schedule run sync") == once.count("schedule run digest") == 1
    assert real("schedule", "remove").returncode == 0
    assert told(programs, "crontab") == MINE


def test_a_machine_without_a_crontab_gets_one(real: Coach, programs: Path) -> None:
    ended = real("schedule", "install", "--cron", "--json")
    assert [row["scheduler"] for row in json.loads(ended.stdout)["data"]] == ["cron", "cron"]
    assert "schedule run sync" in told(programs, "crontab")


def test_a_line_is_what_print_says(real: Coach, programs: Path) -> None:
    assert real("schedule", "install", "--cron").returncode == 0
    assert real("schedule", "print", "--cron").stdout == told(programs, "crontab")


def test_a_home_has_a_block_of_its_own(real: Coach, programs: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    assert real("schedule", "install", "--cron").returncode == 0
    mine = told(programs, "crontab")
    assert real("schedule", "install", "--cron", "--home", other).returncode == 0
    assert told(programs, "crontab").count("schedule run sync") == 2
    assert real("schedule", "remove", "--home", other).returncode == 0
    assert told(programs, "crontab") == mine


def test_what_was_written_by_hand_is_refused(real: Coach, programs: Path) -> None:
    (programs / "crontab.told").write_text("*/10 * * * * /opt/coach worker --once\n")
    ended = real("schedule", "install", "--cron")
    assert ended.returncode == 1
    assert "/opt/coach worker --once" in ended.stderr


def test_half_a_block_is_refused_and_left_alone(real: Coach, programs: Path) -> None:
    assert real("schedule", "install", "--cron").returncode == 0
    file = programs / "crontab.told"
    half = "".join(file.read_text().splitlines(keepends=True)[:-1])
    file.write_text(half)
    assert real("schedule", "install", "--cron").returncode == 1
    assert file.read_text() == half


def test_a_crontab_that_cannot_be_read_is_not_overwritten(real: Coach, programs: Path) -> None:
    program = programs / "crontab"
    program.write_text("#!/bin/sh\necho you may not >&2\nexit 1\n")
    ended = real("schedule", "install", "--cron")
    assert ended.returncode == 1
    assert "you may not" in ended.stderr


def test_units_are_written_started_and_removed(real: Coach, programs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "systemd" / "user"
    assert real("schedule", "install", "--systemd").returncode == 0
    names = sorted(file.name for file in folder.iterdir())
    assert [name.rpartition("-")[2] for name in names] == [
        *("digest.service", "digest.timer", "sync.service", "sync.timer")
    ]
    assert "--user enable --now" in told(programs, "systemctl")
    rows = json.loads(real("schedule", "status", "--json").stdout)["data"]
    assert {row["scheduler"] for row in rows} == {"systemd"}
    assert real("schedule", "install", "--cron").returncode == 1, "systemd runs it already"
    assert real("schedule", "remove").returncode == 0
    assert not [*folder.iterdir()]
    assert "--user disable --now" in told(programs, "systemctl")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(real: Coach, programs: Path, tmp_path: Path) -> None:
    assert programs.is_dir()
    assert real("schedule", "install", "--systemd").returncode == 0
    files = sorted((tmp_path / "config" / "systemd" / "user").iterdir())
    line = ["systemd-analyze", "verify", "--user", "--man=no", *map(str, files)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    ours = [row for row in done.stderr.splitlines() if "coach" in row and "Failed to" not in row]
    assert ours == []


def test_what_is_odd_in_a_path_reaches_the_command_as_it_is(
    real: Coach, programs: Path, tmp_path: Path
) -> None:
    """A space, a percent sign, a quote and a dollar in the name of the home."""
    odd = str(tmp_path / "a b%c'd$e")
    block = real("schedule", "print", "--cron", "--home", odd).stdout
    assert programs.is_dir()
    line = next(row for row in block.splitlines() if "run sync" in row)
    script = line.split(None, 5)[5].replace(r"\%", "%").split(" schedule ")[0]
    words = subprocess.run(
        ["/bin/sh", "-c", f'printf "%s\\n" {script}'], capture_output=True, text=True, check=True
    )
    assert odd in words.stdout.splitlines()
    units = real("schedule", "print", "--systemd", "--home", odd).stdout
    assert "a b%%c'd$$e\"" in units


def test_neither_or_both_schedulers_is_a_usage_error(real: Coach) -> None:
    assert real("schedule", "print").returncode == 2
    assert real("schedule", "print", "--cron", "--systemd").returncode == 2


def test_a_secret_of_the_shell_stands_in_no_line(
    real: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://me:canary@db.example/coach")
    ended = real("schedule", "print", "--cron")
    assert ended.returncode == 1
    assert "COACH_DATABASE_URL" in ended.stderr
    assert "canary" not in ended.stdout + ended.stderr


def test_what_a_timer_would_not_know_is_set_in_the_line(
    real: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "redis-url"
    file.write_text("redis://127.0.0.1/0")
    file.chmod(0o600)
    monkeypatch.setenv("COACH_USER", "ann lee")
    monkeypatch.setenv("COACH_REDIS_URL_FILE", str(file))
    ended = real("schedule", "print", "--cron")
    assert f"COACH_USER='ann lee' COACH_REDIS_URL_FILE={file} " in ended.stdout
    units = real("schedule", "print", "--systemd").stdout
    assert 'Environment="COACH_USER=ann lee"' in units


def test_the_folders_of_xdg_are_carried(
    real: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("COACH_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    ended = real("schedule", "print", "--cron")
    assert f"XDG_DATA_HOME={tmp_path / 'data'} " in ended.stdout
    assert "--home" not in ended.stdout


@pytest.mark.parametrize("time", ["10", "ten", "-1m", "1d", ""])
def test_a_wait_that_is_no_time_is_refused(real: Coach, time: str) -> None:
    assert real("schedule", "run", "sync", "--wait-lock", time).returncode == 2


def test_an_unknown_job_is_refused_with_those_there_are(real: Coach) -> None:
    ended = real("schedule", "run", "dance")
    assert ended.returncode == 2
    assert "sync or digest" in ended.stderr


def test_an_address_that_anybody_could_read_on_its_way_is_refused(real: Coach) -> None:
    ended = real("schedule", "run", "sync", "--healthcheck", "http://hc.example.org/x")
    assert ended.returncode == 2
