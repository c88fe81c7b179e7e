"""The contract with cron: silence on success, one at a time, a lock that no end leaves behind."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.engine.store.connect import connect
from tests.e2e.cli.conftest import PATIENCE, assert_published, environment
from tests.e2e.cli.schedule.conftest import Monitor
from tests.e2e.conftest import WarmPython
from tests.e2e.homes import LentHome

Coach = Callable[..., CompletedProcess[str]]
LOCKED = 11
NOT_INITIALISED = 10
ALIVE = "insert into procrastinate_workers default values returning id"
CONNECTED = """
insert into connection (user_id, account_id, broker, base_url, key_name, key_file, permissions)
select user_id, id, 'coinbase', '', 'k', %s, '{"trade": false, "transfer": false}'
  from account limit 1
"""
IMPOSSIBLE = """
insert into run (user_id, id, kind, label, state, attempt, started_at, request)
select id, decode(md5('impossible'), 'hex')::text, 'import.trades', 'nobody', 'queued', 0, now(),
       '{"account": "nobody", "since": null, "anyway": false}'
  from app_user
"""
CRONTAB = '#!/bin/sh\n[ "$1" = -l ] && exec cat "{file}"\nexec cat > "{file}"\n'


@pytest.fixture
def imported(coach: Coach, statement: Path) -> None:
    """The home has a history: it was imported, by this test or an earlier one."""
    assert coach("import", "csv", str(statement)).returncode == 0


def lines_of_cron(coach: Coach) -> list[str]:
    """Return what cron would give to its shell."""
    block = coach("schedule", "print", "--cron").stdout.splitlines()
    lines = [line.split(None, 5)[5] for line in block if not line.startswith("#")]
    assert len(lines) == 2
    return [line.replace(r"\%", "%") for line in lines]


def last_of(coach: Coach, job: str) -> dict[str, object]:
    rows = json.loads(coach("schedule", "status", "--json").stdout)["data"]
    return next(row for row in rows if row["job"] == job)


@pytest.mark.usefixtures("imported")
def test_the_printed_lines_run_with_an_empty_environment_and_say_nothing(coach: Coach) -> None:
    for line in lines_of_cron(coach):
        done = subprocess.run(
            ["env", "-i", "/bin/sh", "-c", line],
            cwd="/",
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), line
    assert last_of(coach, "sync") | {"exit_code": 0} == last_of(coach, "sync")
    assert last_of(coach, "sync")["said"] == "0 imports, 0 new fills"
    assert str(last_of(coach, "digest")["said"]).startswith("week 2026-W")


def test_a_job_that_fails_says_why_and_how_to_do_it_again(
    warm_python: WarmPython, tmp_path: Path
) -> None:
    words = ["schedule", "run", "sync"]
    ended = warm_python.run(words, environment(tmp_path / "new"), Path.cwd())
    assert (ended.returncode, ended.stdout) == (NOT_INITIALISED, "")
    assert "there are no fills yet" in ended.stderr
    assert ended.stderr.splitlines()[-1] == "hint: run it again: coach import sync --due"
    assert len(ended.stderr.splitlines()) <= 10


@pytest.mark.usefixtures("imported")
def test_a_monitor_hears_of_the_beginning_and_the_end(coach: Coach, monitor: Monitor) -> None:
    address = f"{monitor.url}/ping/{{job}}"
    ended = coach("schedule", "run", "sync", "--json", COACH_HEALTHCHECK_URL=address)
    assert ended.returncode == 0
    row = json.loads(ended.stdout)["data"]
    assert_published("schedule run", row)
    assert row["pinged"] is True
    nobody = {"COACH_USER": "nobody", "COACH_HEALTHCHECK_URL": address}
    assert coach("schedule", "run", "digest", **nobody).returncode == 1
    assert monitor.heard == [
        *("/ping/sync/start", "/ping/sync/0", "/ping/digest/start", "/ping/digest/1")
    ]


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("answers", [True, False])
def test_a_monitor_that_fails_fails_nothing(
    coach: Coach, monitor: Monitor, *, answers: bool
) -> None:
    monitor.status = 500
    url = monitor.url if answers else "http://127.0.0.1:9"
    ended = coach("schedule", "run", "sync", "--healthcheck", url)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert last_of(coach, "sync")["pinged"] is False


@contextmanager
def held(home: Path, job: str) -> Iterator[None]:
    """Hold the lock of a job, as a run of it does that takes long."""
    folder = home / "state" / "schedule"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / f"{job}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.pwrite(handle, b"process 4711", 0)
        yield
    finally:
        os.close(handle)


@pytest.mark.usefixtures("imported")
def test_a_second_run_of_a_job_is_refused_and_names_the_first(coach: Coach, home: Path) -> None:
    with held(home, "sync"):
        ended = coach("schedule", "run", "sync")
        assert (ended.returncode, ended.stdout) == (LOCKED, "")
        assert "process 4711" in ended.stderr
        assert coach("schedule", "run", "digest").returncode == 0, "each job has its own turn"


@pytest.mark.usefixtures("imported")
def test_a_run_that_waits_gets_its_turn(warm_python: WarmPython, home: Path) -> None:
    words = ["schedule", "run", "sync", "--wait-lock", "2m"]
    with held(home, "sync"):
        process = warm_python.start_in_pipes(words, environment(home), Path.cwd())
        until = time.monotonic() + 60
        while not waits(process.pid):
            assert time.monotonic() < until
            time.sleep(0.02)
    assert process.communicate() == ("", "")
    assert process.wait() == 0


def waits(pid: int) -> bool:
    """Whether a process has the lock's file open: it asks for the lock again and again."""
    handles = Path(f"/proc/{pid}/fd")
    return any(str(one.resolve()).endswith("sync.lock") for one in handles.iterdir())


@pytest.fixture
def worker(lent_home: LentHome) -> Iterator[None]:
    """A worker that spoke just now, perhaps on another machine."""
    with connect(lent_home.database_url()) as connection:
        row = connection.execute(ALIVE).fetchone()
        assert row is not None
        yield
        connection.execute("delete from procrastinate_workers where id = %s", row)


@pytest.fixture
def crontab(tmp_path: Path) -> Path:
    """The file of a crontab, whose program is first on `PATH`."""
    file = tmp_path / "told"
    file.write_text("")
    program = tmp_path / "crontab"
    program.write_text(CRONTAB.format(file=file))
    program.chmod(0o700)
    return file


@pytest.mark.usefixtures("imported", "worker")
def test_what_a_worker_does_is_not_installed(coach: Coach, crontab: Path) -> None:
    path = f"{crontab.parent}:{os.environ['PATH']}"
    refused = coach("schedule", "install", "--cron", PATH=path)
    assert (refused.returncode, crontab.read_text()) == (1, "")
    assert "coach help by the clock" in refused.stderr
    partly = coach("schedule", "install", "--cron", PATH=path, COACH_SYNC_AUTO="off")
    assert partly.returncode == 0
    assert "schedule run sync" in crontab.read_text()
    assert "schedule run digest" not in crontab.read_text()


@pytest.mark.usefixtures("imported")
def test_what_is_installed_has_a_schema(coach: Coach, crontab: Path) -> None:
    path = f"{crontab.parent}:{os.environ['PATH']}"
    for words in (["install", "--cron"], ["status"], ["remove"]):
        ended = coach("schedule", *words, "--json", PATH=path)
        assert_published(f"schedule {words[0]}", json.loads(ended.stdout)["data"])
    assert crontab.read_text() == ""


@pytest.mark.usefixtures("imported")
def test_what_cron_runs_by_hand_says_what_failed(
    coach: Coach, lent_home: LentHome, tmp_path: Path
) -> None:
    """An account whose key is gone, and a job that no worker can do."""
    key = tmp_path / "gone.json"
    with connect(lent_home.database_url()) as connection:
        connection.execute(CONNECTED, [str(key)])
        due = coach("import", "sync", "--due")
        connection.execute("delete from connection")
        connection.execute(IMPOSSIBLE)
        once = coach("worker", "--once")
        connection.execute("delete from run where label = 'nobody'")
    assert due.returncode == 3
    assert "was not read: " in due.stderr
    assert (once.returncode, once.stdout) == (3, "")
    assert "import.trades of nobody failed" in once.stderr
    assert coach("worker", "--once").returncode == 0


def test_a_job_that_is_told_to_end_ends_its_child(
    warm_python: WarmPython, coach: Coach, tmp_path: Path
) -> None:
    """The database that the child asks never answers."""
    told = environment(tmp_path / "other")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/coach"
        words = ["schedule", "run", "sync"]
        process = warm_python.start_in_pipes(words, told | {"COACH_DATABASE_URL": url}, tmp_path)
        silent.settimeout(PATIENCE)
        line, _ = silent.accept()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate()
        assert (process.wait(), out) == (143, "")
        line.settimeout(PATIENCE)
        while line.recv(1024):
            pass
        line.close()
    rows = json.loads(coach("schedule", "status", "--json", **told).stdout)["data"]
    assert rows[0]["said"] == "it was stopped"
