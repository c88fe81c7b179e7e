"""The embedded PostgreSQL: made, started, attached to, stopped."""

import os
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.store.connect import connect
from coach.errors import DatabaseTrouble

if TYPE_CHECKING:
    from subprocess import Popen

Coach = Callable[..., "Popen[str]"]


def shown(url: str, *names: str) -> list[str]:
    with connect(url) as connection:
        return [connection.execute(f"show {name}").fetchone()[0] for name in names]  # type: ignore[index]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseHome]:
    """Return a home with a running database, for tests that change nothing."""
    home = DatabaseHome(tmp_path_factory.mktemp("running") / "data", throwaway=True)
    embedded.ensure_running(home)
    yield home
    embedded.discard(home)


def test_an_empty_home_gets_a_database_that_answers(running: DatabaseHome) -> None:
    url = embedded.ensure_running(running)
    with connect(url) as connection:
        row = connection.execute("select current_user, current_database()").fetchone()
    assert row == ("coach", "coach")


def test_a_running_database_is_attached_to(running: DatabaseHome) -> None:
    first = embedded.ensure_running(running)
    pid = embedded.state(running).pid
    assert embedded.ensure_running(running) == first
    assert embedded.state(running).pid == pid


def test_looking_starts_nothing(home: DatabaseHome) -> None:
    state = embedded.state(home)
    assert (state.exists, state.running, state.pid, state.socket) == (False, False, None, None)
    assert not home.data.exists()


def test_stopping_keeps_the_data(home: DatabaseHome) -> None:
    with connect(embedded.ensure_running(home)) as connection:
        connection.execute("create table kept as select 7 as n")
    assert embedded.stop(home)
    assert not embedded.stop(home)
    assert not embedded.state(home).running
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_two_coaches_on_an_empty_home_both_succeed(
    home: DatabaseHome, coach: Coach, start_script: str
) -> None:
    pair = [coach(start_script, home.data, "throwaway") for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in pair]
    assert answers[0] == answers[1]
    assert answers[0] == (f"{embedded.ensure_running(home)}\n", "")


def test_the_server_outlives_its_starter_and_holds_none_of_its_streams(
    home: DatabaseHome, coach: Coach, start_script: str
) -> None:
    process = coach(start_script, home.data, "throwaway")
    process.communicate(timeout=120)
    pid = embedded.state(home).pid
    assert pid is not None
    assert os.getsid(pid) not in {os.getsid(0), os.getsid(os.getpid())}
    streams = [Path(f"/proc/{pid}/fd/{number}").readlink() for number in (0, 1, 2)]
    assert streams == [Path("/dev/null"), *[embedded.state(home).log] * 2]


def test_it_listens_on_no_network_and_only_to_its_owner(running: DatabaseHome) -> None:
    url = embedded.ensure_running(running)
    assert shown(url, "listen_addresses", "unix_socket_permissions") == ["", "0600"]
    folder = embedded.state(running).socket
    assert folder is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o600


def test_a_role_without_an_owner_is_refused(running: DatabaseHome) -> None:
    url = embedded.ensure_running(running)
    with connect(url) as connection:
        connection.execute("create role stranger login")
    with pytest.raises(DatabaseTrouble, match="no pg_hba"):
        connect(url.replace("coach@", "stranger@"))


def test_a_lasting_home_survives_a_power_cut_and_a_throwaway_does_not_care(
    home: DatabaseHome, lasting: DatabaseHome
) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
    assert shown(embedded.ensure_running(lasting), *names) == ["on"] * 4
    assert shown(embedded.ensure_running(home), *names) == ["off"] * 4


def test_a_lasting_home_is_never_discarded(lasting: DatabaseHome) -> None:
    embedded.ensure_running(lasting)
    with pytest.raises(DatabaseTrouble, match="not a throw-away"):
        embedded.discard(lasting)
    assert embedded.state(lasting).running


def test_a_lasting_home_opened_as_throwaway_stays_lasting(lasting: DatabaseHome) -> None:
    embedded.ensure_running(lasting)
    embedded.stop(lasting)
    url = embedded.ensure_running(DatabaseHome(lasting.data, throwaway=True))
    assert shown(url, "fsync") == ["on"]


def test_it_speaks_utf8_and_utc_whatever_the_machine_speaks(running: DatabaseHome) -> None:
    url = embedded.ensure_running(running)
    names = ("server_encoding", "timezone", "lc_messages", "lc_collate")
    with psycopg.connect(url) as connection:
        values = [
            connection.execute("select current_setting(%s, true)", (name,)).fetchone()
            for name in names[:3]
        ]
        order = connection.execute(
            "select array_agg(x order by x) from unnest('{a,B,é}'::text[]) x"
        )
        assert order.fetchone() == (["B", "a", "é"],)
    assert values == [("UTF8",), ("UTC",), ("C",)]


@pytest.mark.parametrize("name", ["with space, o'brien's $HOME", 'a"b,c=ü%20#?&', "x" * 120])
def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    home = DatabaseHome(tmp_path / name, throwaway=True)
    try:
        assert shown(embedded.ensure_running(home), "server_encoding") == ["UTF8"]
        assert shown(embedded.ensure_running(home), "server_encoding") == ["UTF8"]
    finally:
        embedded.discard(home)
    assert not home.data.joinpath("postgresql").exists()


def test_a_home_behind_a_link_is_the_same_home(home: DatabaseHome, tmp_path: Path) -> None:
    url = embedded.ensure_running(home)
    (tmp_path / "link").symlink_to(home.data)
    assert embedded.ensure_running(DatabaseHome(tmp_path / "link")) == url


def test_an_interrupt_of_coach_does_not_reach_the_server(
    home: DatabaseHome, coach: Coach, start_script: str
) -> None:
    waiting = coach(start_script + "sys.stdout.flush(); sys.stdin.read()", home.data, "throwaway")
    assert waiting.stdout is not None
    assert waiting.stdout.readline().startswith("postgresql://")
    waiting.send_signal(signal.SIGINT)
    waiting.wait(60)
    assert embedded.state(home).running
