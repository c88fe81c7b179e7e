"""What a kill leaves behind: everything acknowledged, and nothing half-done."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import psycopg
import pytest

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.store.connect import connect

Coach = Callable[..., "subprocess.Popen[str]"]
WRITE = """
import sys
import psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    connection.execute("create table ledger (n int primary key, half int)")
    for n in range(100000):
        with connection.transaction():
            connection.execute("insert into ledger values (%s, 1)", (n,))
            connection.execute("insert into ledger values (%s, 2)", (-n - 1,))
        print(n, flush=True)
"""


def kill_server(home: DatabaseHome) -> None:
    pid = embedded.state(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_killed_server_loses_nothing_acknowledged_and_keeps_no_halves(
    lasting: DatabaseHome, coach: Coach
) -> None:
    writer = coach(WRITE, embedded.ensure_running(lasting))
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
    kill_server(lasting)
    acknowledged += [int(line) for line in writer.stdout]
    with connect(embedded.ensure_running(lasting)) as connection:
        whole = {n for (n,) in connection.execute("select n from ledger where half = 1")}
        halves = {-n - 1 for (n,) in connection.execute("select n from ledger where half = 2")}
    assert whole == halves
    assert set(acknowledged) <= whole <= {*acknowledged, len(acknowledged)}


def test_a_server_killed_again_and_again_comes_back(home: DatabaseHome) -> None:
    for _ in range(3):
        connection = connect(embedded.ensure_running(home))
        kill_server(home)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select pg_sleep(60)")
        connection.close()
    with connect(embedded.ensure_running(home)) as alive:
        assert alive.execute("select 1").fetchone() == (1,)


def test_two_coaches_after_a_crash_both_succeed(
    home: DatabaseHome, coach: Coach, start_script: str
) -> None:
    embedded.ensure_running(home)
    kill_server(home)
    pair = [coach(start_script, home.data, "throwaway") for _ in range(2)]
    assert {process.communicate(timeout=120)[1] for process in pair} == {""}


def test_a_process_that_took_over_the_dead_servers_number_is_no_server(
    home: DatabaseHome,
) -> None:
    embedded.ensure_running(home)
    state = embedded.state(home)
    embedded.stop(home)
    notice = state.cluster / "postmaster.pid"
    owner = state.cluster.stat()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        lines = (str(other.pid), str(state.cluster), "1700000000", "5432", str(state.socket), "")
        notice.write_text("\n".join([*lines, "  1234  5678", "ready   ", ""]))
        os.chown(notice, owner.st_uid, owner.st_gid)
        assert not embedded.state(home).running
        embedded.ensure_running(home)
        assert other.poll() is None
        other.communicate(b"\n")
    assert embedded.state(home).running


def test_a_coach_killed_while_making_the_database_leaves_nothing_half_done(
    home: DatabaseHome, coach: Coach, start_script: str
) -> None:
    for pause in (0.2, 0.5, 0.8):
        starter = coach(start_script, home.data, "throwaway")
        sleep(pause)
        starter.kill()
        starter.wait(60)
        with connect(embedded.ensure_running(home)) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert not list(embedded.state(home).cluster.parent.glob("cluster-*"))
        embedded.discard(home)


def test_a_socket_taken_away_is_put_back(home: DatabaseHome) -> None:
    embedded.ensure_running(home)
    folder = embedded.state(home).socket
    assert folder is not None
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_home_deleted_and_made_again_does_not_meet_the_old_data(tmp_path: Path) -> None:
    home = DatabaseHome(tmp_path / "data", throwaway=True)
    with connect(embedded.ensure_running(home)) as connection:
        connection.execute("create table old ()")
    old = embedded.state(home)
    subprocess.run(["rm", "-rf", home.data], check=True)
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.execute("select to_regclass('old')").fetchone() == (None,)
    embedded.discard(home)
    assert not old.cluster.exists()
