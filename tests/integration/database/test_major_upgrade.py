"""A cluster of the PostgreSQL before is moved whole, or is as it was; the former one is kept."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from subprocess import PIPE, Popen
from time import sleep

import pytest

from coach.engine.backup import copying
from coach.engine.backup.copying import copy_database
from coach.engine.backup.upgrading import move_cluster
from coach.engine.postgres import binaries, cluster, embedded, moving, postmaster
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import ClusterPlace, find, make_anchor, make_folders, socket_folder
from coach.engine.store import migrate
from coach.engine.store.backup.contents import TableSum, sums
from coach.engine.store.connect import connect
from coach.errors import DatabaseTrouble, Refused

OLD = "16"
MOVE = """
import sys
from pathlib import Path
from coach.engine.backup.upgrading import move_cluster
from coach.engine.postgres.embedded import DatabaseHome
move_cluster(DatabaseHome(Path(sys.argv[1])))
"""
PEOPLE = """
insert into app_user (id, name, zone) select 'u' || n, 'name ' || n, 'UTC'
  from generate_series(1, 500) n
"""
STREAMS = "insert into user_stream (user_id, epoch) select id, 'first' from app_user"


def make_old_cluster(home: DatabaseHome) -> ClusterPlace:
    """Make a cluster as a coach did that brought the PostgreSQL before."""
    make_anchor(home)
    place = make_folders(home)
    programs = binaries.programs_of(OLD, place.server_uid)
    assert programs is not None
    maker = cluster._maker(place.server_uid)
    fresh = place.base / "making"
    fresh.mkdir(mode=0o700)
    if maker is not None:
        os.chown(fresh, maker, -1)
    how = ("--pgdata", str(fresh), "--username", "coach", "--encoding", "UTF8", "--locale", "C")
    auth = ("--auth-local", "peer", "--auth-host", "reject", "--no-sync", "--no-instructions")
    cluster._done(cluster.run_as(maker, [programs / "initdb", *how, *auth]))
    alone = ("--single", "-F", "-D", str(fresh), "postgres")
    cluster._done(
        cluster.run_as(maker, [programs / "postgres", *alone], script="create database coach\n")
    )
    if place.server_uid is not None:
        cluster._hand_over(fresh, place.server_uid)
    fresh.rename(place.cluster)
    place.throwaway.touch(mode=0o600)
    return find(home)


@pytest.fixture
def old(home: DatabaseHome) -> Iterator[tuple[ClusterPlace, list[TableSum]]]:
    """A stopped cluster of the PostgreSQL before, with tables and rows, and what is in them."""
    place = make_old_cluster(home)
    programs = binaries.programs_of(OLD, place.server_uid)
    assert programs is not None
    server = postmaster.start(place, programs, socket_folder(place, None), OLD)
    url = embedded.url(server.sockets)
    migrate.upgrade(url)
    with connect(url) as connection:
        assert connection.info.server_version // 10_000 == int(OLD)
        connection.execute(PEOPLE)
        connection.execute(STREAMS)
        found = sums(connection)
    postmaster.stop(place)
    yield place, found
    for one in moving._places(place):
        postmaster.stop(one)


def rows_in(home: DatabaseHome) -> list[TableSum]:
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.info.server_version // 10_000 == int(binaries.MAJOR)
        return sums(connection)


def refuse_the_copy(source: str, target: str) -> None:
    """Say that a copy is not what was copied."""
    assert source != target
    raise Refused(what="the copy is not what was copied")


class Killed(BaseException):
    """What ends a process at once."""


STEPS: tuple[tuple[object, str], ...] = ((copying, "psql"), (moving, "_remove_stale_move"))
"""While both servers run, and when the copy is whole."""


def test_a_cluster_of_the_version_before_is_moved_whole_or_is_as_it_was(
    old: tuple[ClusterPlace, list[TableSum]],
    home: DatabaseHome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, before = old
    with pytest.raises(DatabaseTrouble, match=f"made by PostgreSQL {OLD}"):
        embedded.ensure_running(home)
    with pytest.raises(Refused):
        moving.move(home, refuse_the_copy)
    assert {path.name for path in place.base.iterdir()} & {"moving", "moved"} == set()
    for room, step in STEPS:
        done: Callable[..., object] = getattr(room, step)

        def killed(*given: object, done: Callable[..., object] = done, **named: object) -> None:
            done(*given, **named)
            monkeypatch.setattr(moving, "_clear", lambda *_: None)
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(room, step, killed)
            with pytest.raises(Killed):
                moving.move(home, copy_database)
            monkeypatch.undo()
        assert (place.cluster / "PG_VERSION").read_text().strip() == OLD
    moved = move_cluster(home)
    assert moved is not None
    assert moved.former == OLD
    assert rows_in(home) == before
    assert (moved.kept / "PG_VERSION").read_text().strip() == OLD
    assert move_cluster(home) is None
    assert not (place.base / "moving").exists()


def test_a_move_that_was_killed_between_its_two_names_is_finished_by_any_command(
    home: DatabaseHome,
) -> None:
    embedded.ensure_running(home)
    embedded.stop(home)
    place = find(home)
    place.cluster.rename(place.moved)
    assert embedded.state(home).exists
    embedded.ensure_running(home)
    assert place.cluster.exists()
    assert not place.moved.exists()


def test_a_version_whose_programs_are_nowhere_is_named_with_what_to_install(
    home: DatabaseHome,
) -> None:
    make_anchor(home)
    place = make_folders(home)
    place.cluster.mkdir()
    (place.cluster / "PG_VERSION").write_text("11\n")
    with pytest.raises(DatabaseTrouble, match="made by PostgreSQL 11") as refused:
        move_cluster(home)
    assert "postgresql-11" in refused.value.hint
    shutil.rmtree(place.cluster)


@pytest.mark.slow
def test_a_move_that_is_killed_at_any_moment_comes_to_the_same_end(
    old: tuple[ClusterPlace, list[TableSum]], home: DatabaseHome
) -> None:
    place, before = old
    chance = Random(11)
    kills = 0
    while (place.cluster / "PG_VERSION").read_text().strip() == OLD:
        process = Popen(
            [sys.executable, "-c", MOVE, home.data],
            stderr=PIPE,
            cwd=Path(__file__).parents[3],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        sleep(chance.uniform(0, 1 + kills / 2))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        kills += process.returncode == -signal.SIGKILL
        if not place.cluster.exists():
            embedded.ensure_running(home)
    assert kills > 1
    assert rows_in(home) == before
