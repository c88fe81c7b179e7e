"""A home that can be set back to a state that was kept, and coach in it as a process.

A state is a database, kept as a template, and the files beside it. The server's data is made to
last, because the server is killed, too.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from coach.engine.postgres import embedded
from coach.engine.store.connect import connect
from tests.e2e.conftest import WarmProcess, WarmPython
from tests.e2e.faults.canonical import Dump, Files, dump, files
from tests.e2e.faults.commits import Commits

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
FOLDERS = ("data/objects", "state", "config", "cache")
PATIENCE_S = 120
BACKENDS_S = 10.0


@dataclass(frozen=True, slots=True)
class State:
    """All that is kept: the rows of every table, and the files beside the database."""

    tables: Dump
    files: Files


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    took_s: float


def nothing() -> None:
    """Do nothing."""


@dataclass(slots=True)
class World:
    """A home, the states it can be set back to, and the way on which commits are counted.

    `beside` sets back what lies elsewhere, such as the books of a broker; `before_each` is done
    before each command.
    """

    home: Path
    folder: Path
    python: WarmPython
    now: datetime = NOON
    before_each: Callable[[], None] = nothing
    beside: Callable[[str], None] = lambda _: None
    commits: Commits = field(init=False)

    def __post_init__(self) -> None:
        socket = embedded.state(self.place).socket
        assert socket is not None
        way = self.folder / "way"
        way.mkdir()
        self.commits = Commits(socket, way)

    @property
    def place(self) -> embedded.DatabaseHome:
        """Where the database is."""
        return embedded.DatabaseHome(self.home / "data")

    @property
    def counted(self) -> str:
        """The URL of the database by the way on which commits are counted."""
        host = quote(str(self.folder / "way"), safe="")
        return f"postgresql://coach@/coach?host={host}&port=5432"

    def keep(self, name: str) -> None:
        """Keep the state as it is now."""
        with self._admin() as admin:
            wait_until_alone(admin)
            admin.execute(f"create database {name} template coach strategy file_copy")
        kept = self.folder / name
        for part in FOLDERS:
            if (self.home / part).exists():
                shutil.copytree(self.home / part, kept / part)

    def set_back(self, name: str) -> None:
        """Set everything back to a state that was kept."""
        with self._admin() as admin:
            admin.execute("drop database if exists coach with (force)")
            admin.execute(f"create database coach template {name} strategy file_copy")
        for part in FOLDERS:
            shutil.rmtree(self.home / part, ignore_errors=True)
            if (self.folder / name / part).exists():
                shutil.copytree(self.folder / name / part, self.home / part)
        self.beside(name)

    def state(self, *, empty_runs: bool = True) -> State:
        """Return all that is kept now; see canonical.dump."""
        with connect(embedded.ensure_running(self.place)) as connection:
            wait_until_alone(connection)
            return State(dump(connection, empty_runs=empty_runs), files(self.home))

    def start(self, words: list[str], **more: str) -> WarmProcess:
        """Start coach by a clock that stands still at `now`."""
        self.before_each()
        environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(self.home)}
        return self.python.start_in_pipes(
            words, environment | more, self.folder, self.now.isoformat()
        )

    def run(self, words: list[str], **more: str) -> Ended:
        """Run coach to its end."""
        began = time.monotonic()
        process = self.start(words, **more)
        return ended(process, began)

    def kill_server(self, how: signal.Signals) -> None:
        """Kill the server, or stop it at once."""
        pid = embedded.state(self.place).pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection]:
        url = embedded.ensure_running(self.place)
        with connect(make_conninfo(url, dbname="postgres")) as admin:
            yield admin


def ended(process: WarmProcess, began: float) -> Ended:
    """Wait for a process, and return how it ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Ended(process.wait(), out, err, time.monotonic() - began)


def wait_until_alone(connection: psycopg.Connection) -> None:
    """Wait until the sessions of dead clients are gone: the server may be at their last word."""
    others = (
        "select count(*) from pg_stat_activity"
        " where datname = 'coach' and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )
    deadline = time.monotonic() + BACKENDS_S
    while time.monotonic() < deadline:
        row = connection.execute(others).fetchone()
        if row == (0,):
            return
        time.sleep(0.01)
    raise AssertionError("a session of coach stays open")


@contextmanager
def new_world(folder: Path, python: WarmPython) -> Iterator[World]:
    """Yield a world whose database is made to survive a crash; it is removed in the end."""
    home = folder / "home"
    place = embedded.DatabaseHome(home / "data")
    embedded.ensure_running(place)
    world = World(home, folder, python)
    try:
        yield world
    finally:
        world.commits.close()
        (embedded.state(place).cluster.parent / "throwaway").touch()
        embedded.discard(place)
