"""What really goes wrong with a home that has data: each is broken here, and the doctor says so."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

from coach.cli.doctor.serving import port_checks
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.migrate import HEAD
from coach.wording.json_text import compact
from tests.e2e.cli.conftest import environment
from tests.e2e.conftest import WarmPython
from tests.e2e.homes import LentHome

Coach = Callable[..., CompletedProcess[str]]
OLDER = "0061"
QUEUED = """
insert into run (user_id, id, kind, label, state, attempt, started_at, request)
select id, decode(md5(random()::text), 'hex')::text, 'score.bias', 'x', 'queued', 0, now(), '{}'
  from app_user
"""
CONNECTED = """
insert into connection (user_id, account_id, broker, base_url, key_name, key_file, permissions)
select user_id, id, 'coinbase', '', 'k', '/nowhere/key.json', '{"trade": false, "transfer": false}'
  from account where name = 'main'
"""


@pytest.fixture(autouse=True)
def imported(coach: Coach, statement: Path) -> None:
    """The home has a history."""
    line = ("import", "csv", str(statement), "--account", "main", "--no-shorts")
    assert coach(*line).returncode == 0


@pytest.fixture
def connection(lent_home: LentHome) -> Iterator[CoachConnection]:
    """The home's database, as somebody else would change it."""
    with connect(lent_home.database_url()) as found:
        yield found


def found(coach: Coach, name: str, **more: str) -> list[dict[str, Any]]:
    """Return what the doctor says of one thing; what is wrong comes with what to do."""
    checks = json.loads(coach("doctor", "--json", **more).stdout)["data"]["checks"]
    wrong = [one for one in checks if one["state"] not in {"ok", "skipped"}]
    assert all(one["hint"] for one in wrong), wrong
    return [one for one in wrong if one["name"] == name]


@contextmanager
def changed(connection: CoachConnection, there: str, back: str) -> Iterator[None]:
    connection.execute(there)
    try:
        yield
    finally:
        connection.execute(back)


def test_jobs_that_no_worker_does(coach: Coach, connection: CoachConnection) -> None:
    assert found(coach, "worker") == []
    with changed(connection, QUEUED, "delete from run where state = 'queued'"):
        [wrong] = found(coach, "worker")
        assert "1 job waits, and no worker is alive" in wrong["detail"]
        assert "coach worker" in wrong["hint"]
        alive = "insert into procrastinate_workers default values"
        with changed(connection, alive, "delete from procrastinate_workers"):
            assert found(coach, "worker") == []


def test_an_account_that_nobody_reads(coach: Coach, connection: CoachConnection) -> None:
    with changed(connection, CONNECTED, "delete from connection"):
        assert found(coach, "reading") == []
        old = "update run set finished_at = finished_at - interval '{} days' where state = 'done'"
        with changed(connection, old.format(3), old.format(-3)):
            [wrong] = found(coach, "reading")
            assert "account main was last read 3.0 days ago" in wrong["detail"]


def test_a_key_file_that_is_gone(coach: Coach, connection: CoachConnection) -> None:
    with changed(connection, CONNECTED, "delete from connection"):
        [wrong] = found(coach, "key of main")
        assert (wrong["state"], wrong["detail"]) == ("error", "/nowhere/key.json is gone")


def test_a_clock_that_went_back(coach: Coach, connection: CoachConnection) -> None:
    later = "update run set started_at = started_at + interval '{} hours'"
    with changed(connection, later.format(5), later.format(-5)):
        [wrong] = found(coach, "clock")
        assert "still to come" in wrong["detail"]


def test_a_zone_that_this_machine_does_not_know(coach: Coach, connection: CoachConnection) -> None:
    there = "update app_user set zone = 'Mars/Olympus'"
    with changed(connection, there, "update app_user set zone = 'UTC'"):
        ended = coach("doctor")
        assert ended.returncode == 1
        assert "Mars/Olympus" in ended.stdout + ended.stderr


def test_symbols_without_candles(coach: Coach, connection: CoachConnection) -> None:
    old = "update fill set at = at + interval '{} days'"
    days = "select (now()::date - max(at)::date) from fill"
    row = connection.execute(days).fetchone()
    assert row is not None
    with changed(connection, old.format(row[0]), old.format(-int(row[0]))):
        [wrong] = found(coach, "market")
        assert "BTC-USD" in wrong["detail"]
        assert "coach candles fetch" in wrong["hint"]


def test_a_redis_that_does_not_answer(coach: Coach) -> None:
    [wrong] = found(coach, "cache store", COACH_REDIS_URL="redis://127.0.0.1:9/0")
    assert wrong["state"] == "warning"


def test_tables_of_a_newer_coach(coach: Coach, connection: CoachConnection) -> None:
    newer = "update alembic_version set version_num = '9999', serves_from = '9999'"
    back = newer.replace("version_num = '9999'", f"version_num = '{HEAD}'")
    with changed(connection, newer, back.replace("9999", "0069")):
        [wrong] = found(coach, "database")
        assert "its tables are of another coach" in wrong["detail"]
        assert "upgrade coach" in wrong["hint"]


def test_before_an_upgrade_the_tables_stay_and_what_comes_is_said(
    coach: Coach, connection: CoachConnection
) -> None:
    older = "update alembic_version set version_num = '0061'"
    with changed(connection, older, older.replace(OLDER, HEAD)):
        said = json.loads(coach("doctor", "--before-upgrade", "--json").stdout)["data"]["checks"]
        row = connection.execute("select version_num from alembic_version").fetchone()
    names = [one["name"] for one in said]
    assert row == (OLDER,)
    assert names[:5] == ["backup", "postgresql", "room", "tables", "running jobs"]
    assert {f"migration {one}" for one in ("0068", "0069")} <= set(names)
    [keys] = [one["detail"] for one in said if one["name"] == "migration 0069"]
    assert re.search(r"holds up .*\baccount \(\d+ rows\)", keys)
    assert "event_outbox" in keys


def test_an_import_that_was_broken_off(coach: Coach, connection: CoachConnection) -> None:
    broken = "update run set state = 'failed', error = 'the disk was full'"
    with changed(connection, broken, "update run set state = 'done', error = ''"):
        [wrong] = found(coach, "imports")
        assert "the disk was full" in wrong["detail"]


def test_a_job_that_is_dead(coach: Coach, connection: CoachConnection) -> None:
    dead = QUEUED.replace("'queued'", "'dead'")
    with changed(connection, dead, "delete from run where state = 'dead'"):
        [wrong] = found(coach, "jobs")
        assert "coach jobs retry" in wrong["hint"]


def test_a_database_of_another_postgresql(warm_python: WarmPython, tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgresql" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("13\n")
    ended = warm_python.run(["doctor"], environment(tmp_path), tmp_path)
    assert ended.returncode == 1
    assert "was made by PostgreSQL 13" in ended.stdout


class OurServer(BaseHTTPRequestHandler):
    """Answers as `/livez` of coach serve does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(compact({"ok": True, "version": "0"}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("handler", "told"), [(OurServer, 0), (BaseHTTPRequestHandler, 1)])
def test_a_server_of_ours_is_told_from_another_program(
    handler: type[BaseHTTPRequestHandler], told: int, capfd: pytest.CaptureFixture[str]
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        assert len([*port_checks(port)]) == told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [*port_checks(port)] == []
    capfd.readouterr()
