"""What goes wrong says what, where, and what to do."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from psycopg import OperationalError
from psycopg.conninfo import make_conninfo

from coach.engine.postgres import embedded, place
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.errors import DatabaseTrouble

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"


def test_a_cluster_of_another_version_is_not_touched(home: DatabaseHome) -> None:
    embedded.ensure_running(home)
    embedded.stop(home)
    cluster = embedded.state(home).cluster
    (cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseTrouble, match="made by PostgreSQL 17, coach brings 18") as caught:
        embedded.ensure_running(home)
    assert caught.value.remedy == "move_cluster"
    assert (cluster / "global").exists()


def test_a_folder_that_is_no_cluster_is_not_touched(home: DatabaseHome) -> None:
    cluster = home.data / "postgresql" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "holiday.jpg").touch()
    with pytest.raises(DatabaseTrouble, match="no PostgreSQL cluster"):
        embedded.ensure_running(home)
    assert (cluster / "holiday.jpg").exists()
    (home.data / "postgresql" / "throwaway").touch()


def test_a_broken_cluster_gives_the_servers_last_words_and_its_log(home: DatabaseHome) -> None:
    embedded.ensure_running(home)
    embedded.stop(home)
    state = embedded.state(home)
    (state.cluster / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseTrouble, match="PostgreSQL did not start") as caught:
        embedded.ensure_running(home)
    assert str(state.log) in caught.value.hint


def test_a_server_that_stops_while_tables_are_made_is_told_as_trouble(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy asks some things of the server by the driver itself."""

    def lose(*_: object) -> None:
        raise OperationalError("consuming input failed: server closed the connection")

    monkeypatch.setattr(command, "upgrade", lose)
    with pytest.raises(DatabaseTrouble, match="server closed the connection") as told:
        migrate.upgrade(empty_database_url)
    assert told.value.remedy == "try_again"


@pytest.mark.root
def test_a_full_disk_is_called_a_full_disk(open_folder: Path) -> None:
    disk = open_folder / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "coach-test", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount here")
    try:
        with pytest.raises(DatabaseTrouble, match="No space left on device"):
            embedded.ensure_running(DatabaseHome(disk / "data", throwaway=True))
        left = [path.name for path in (disk / "data" / "postgresql").iterdir()]
        assert sorted(left) == ["lock", "throwaway"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_coach_that_hangs_while_starting_is_waited_for_and_then_named(
    home: DatabaseHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "LOCK_PATIENCE", 0.05)
    with (
        place.exclusive(place.make_anchor(home) / "lock"),
        pytest.raises(DatabaseTrouble, match="another coach"),
    ):
        embedded.ensure_running(home)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://trader:s3cret@/coach?host=/nowhere",
        "host=/nowhere user=trader password=s3cret",
        "postgresql://trader:s3cret@[broken/coach",
        "postgresql://trader:s3cret@/coach?nonsense=1",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    with pytest.raises(DatabaseTrouble) as caught:
        connect(url)
    assert "s3cret" not in f"{caught.value} {caught.value.hint} {caught.value.facts}"
    assert caught.value.__cause__ is None


def test_times_come_in_utc_and_the_urls_own_options_are_kept(database_url: str) -> None:
    separator = "&" if "?" in database_url else " "
    own = "options=-c%20work_mem%3D7MB" if separator == "&" else "options='-c work_mem=7MB'"
    with connect(f"{database_url}{separator}{own}") as connection:
        assert connection.execute("show work_mem").fetchone() == ("7MB",)
        row = connection.execute("select timestamptz '2026-03-29 03:30+02'").fetchone()
    assert row is not None
    assert row[0].isoformat() == "2026-03-29T01:30:00+00:00"


def test_a_connection_commits_statement_by_statement(database_url: str) -> None:
    with connect(database_url) as connection:
        assert connection.autocommit
        named = connection.execute("show application_name").fetchone()
    assert named == ("coach",)


def test_text_is_text_in_a_database_that_knows_no_encoding(server: str) -> None:
    with connect(server) as admin:
        admin.execute(
            "create database coach_test_ascii template template0"
            " encoding 'SQL_ASCII' locale_provider libc locale 'C'"
        )
        with connect(make_conninfo(server, dbname="coach_test_ascii")) as connection:
            row = connection.execute("select 'né'::text").fetchone()
        admin.execute("drop database coach_test_ascii with (force)")
    assert row == ("né",)


@pytest.mark.root
def test_an_import_that_fills_the_disk_says_so_and_leaves_nothing(open_folder: Path) -> None:
    """Half a million rows need more than the 40 MB that are left beside a new database."""
    disk = open_folder / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=90m,mode=755", "coach-test", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount here")
    statement = open_folder / "large.csv"
    row = "2026-01-01T00:00:00.{0:06d}Z,BTC-USD,buy,1,100,0,USD,t{0}\n"
    statement.write_text(HEADER + "".join(row.format(number) for number in range(500_000)))
    home = DatabaseHome(disk / "home" / "data")
    coach = [sys.executable, "-m", "coach", "--home", str(disk / "home")]
    try:
        embedded.ensure_running(home)
        full = subprocess.run(
            [*coach, "import", "csv", str(statement)], capture_output=True, text=True, check=False
        )
        assert full.returncode == 1
        assert re.search("the disk is full|No space left on device", full.stderr), full.stderr
        assert "make room" in full.stderr
        assert "E_UNEXPECTED" not in full.stderr
    finally:
        embedded.stop(home)
        subprocess.run(["umount", str(disk)], check=True)
