"""The PostgreSQL of a run: coach's own server, durable, killed and restored at will.

It is not a throw-away one: those do not wait for their commits to be on disk.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic_ns

import psycopg

from coach.engine.jobs import queue
from coach.engine.outbox import epochs, partitions
from coach.engine.outbox.write import emit
from coach.engine.postgres import embedded, place, postmaster
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.model.notifications.events import DigestReady
from tests import clock
from tests.chaos.history import History
from tests.chaos.place import RunFolder, users

SETUP = """
create table if not exists chaos_work (uid text primary key);
create table if not exists chaos_generation (generation int not null);
insert into chaos_generation select 0 where not exists (select from chaos_generation);
"""
PEOPLE = "insert into app_user (id, name) values (%s, %s) on conflict do nothing"
ROWS = """
select e.user_id, s.epoch, e.seq, e.id, e.payload ->> 'sha256'
from event_outbox e join user_stream s on s.user_id = e.user_id order by e.user_id, e.seq
"""
WITHOUT_CAUSE = """
select count(*) from event_outbox e
where not exists (select from chaos_work w where w.uid = e.payload ->> 'sha256')
"""
WITHOUT_EVENT = """
select count(*) from chaos_work w
where not exists (select from event_outbox e where e.payload ->> 'sha256' = w.uid)
"""
UNDONE = "select count(*) from run where state <> 'done'"
DONE_TWICE = """
select count(*) from (
    select from chaos_work where uid like 'job:%'
    group by regexp_replace(uid, ':[0-9]+$', '') having count(*) > 1) as twice
"""
DONE_WITHOUT_WORK = """
select count(*) from run r where state = 'done' and not exists (
    select from chaos_work w where w.uid = (r.request ->> 'uid') || ':' || r.attempt)
"""
NONE_OF = (
    ("events without a cause", WITHOUT_CAUSE),
    ("work without an event", WITHOUT_EVENT),
    ("runs that are not done", UNDONE),
    ("runs that were done twice", DONE_TWICE),
    ("runs that are done without their work", DONE_WITHOUT_WORK),
)
DEAD = "select user_id, id from run where state in ('dead', 'failed')"


@dataclass(slots=True)
class ChaosDatabase:
    """The servers of a run, one after the other: each restore begins on a new one."""

    folder: RunFolder
    history: History
    number: int = 0
    backup_at: int = 0
    homes: list[Path] = field(default_factory=list)

    @property
    def home(self) -> embedded.DatabaseHome:
        """Return the home of the server in use."""
        return self._home(self.number)

    def _home(self, number: int) -> embedded.DatabaseHome:
        return embedded.DatabaseHome(self.folder.path / f"database-{number}")

    def begin(self, people: int) -> None:
        """Make the database, or go on with the one of a run that was broken off."""
        self.number = int(self.folder.text("server", "0"))
        go_on(self.home)
        url = self.start()
        migrate.upgrade(url)
        with connect(url) as connection:
            connection.execute(SETUP)
            partitions.ensure(connection, self.folder.now())
            for user in users(people):
                connection.execute(PEOPLE, (user, user))
        first = not self.folder.text("url")
        self.folder.put("url", url)
        if first:
            self.tell_everyone("first")

    def start(self) -> str:
        """Start the server that is in use, as any coach would."""
        return embedded.ensure_running(self.home)

    def kill(self, how: signal.Signals) -> None:
        """End the server without a checkpoint, as by power or by the kernel, and start it anew."""
        postmaster.stop(place.find(self.home), how)
        self.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let every process of the server stand still while the block runs."""
        found = [pid for pid in processes(self.home) if signalled(pid, signal.SIGSTOP)]
        try:
            yield
        finally:
            for pid in found:
                signalled(pid, signal.SIGCONT)

    def back_up(self) -> None:
        """Copy the files of the server, which is stopped meanwhile."""
        self.backup_at = monotonic_ns()
        embedded.stop(self.home)
        copy = self._home(self.number + 1)
        with place.exclusive(place.make_anchor(copy) / "lock"):
            target = place.make_folders(copy).cluster
        if target.exists():
            shutil.rmtree(target)
        source = place.find(self.home).cluster
        shutil.copytree(source, target, symlinks=True)
        owner = source.stat()
        for top, folders, files in os.walk(target):
            for name in (*folders, *files, "."):
                os.chown(Path(top) / name, owner.st_uid, owner.st_gid, follow_symlinks=False)
        self.start()

    def restore(self) -> None:
        """Go back to the backup, in a new epoch, before anybody connects to it."""
        if not self.backup_at:
            return
        before = self.home
        postmaster.stop(place.find(before), signal.SIGQUIT)
        self.number += 1
        url = self.start()
        with connect(url) as connection, connection.transaction():
            epochs.renew(connection)
            connection.execute("update chaos_generation set generation = %s", [self.number])
        self.history.write("restore", generation=self.number, backup=self.backup_at)
        self.backup_at = 0
        self.folder.put("server", str(self.number))
        self.folder.put("url", url)
        remove(before)

    def tell_everyone(self, what: str) -> None:
        """Write one event for each user, over a connection that nothing disturbs."""
        with self.folder.connect("run") as connection:
            for user in users(self.folder.settings()["users"]):
                uid = f"{what}:{user}:{monotonic_ns()}"
                where = {"writer": "run", "uids": [uid], "generation": self.number}
                self.history.write("invoke", **where)
                with connection.transaction():
                    connection.execute("insert into chaos_work (uid) values (%s)", [uid])
                    event = DigestReady(week="2026-W10", sha256=uid)
                    emit(connection, {user: [event]}, self.folder.now())
                self.history.write("ok", **where)

    def heads(self) -> dict[str, tuple[str, int]]:
        """Return the epoch and the last number of every user."""
        with self.folder.connect("run") as connection:
            rows = connection.execute("select user_id, epoch, last_seq from user_stream").fetchall()
        return {user: (epoch, last) for user, epoch, last in rows}

    def undone_runs(self) -> int:
        """Return how many runs are not done; those that were given up are asked for again."""
        with self.folder.connect("run") as connection:
            for user, run_id in connection.execute(DEAD).fetchall():
                queue.ask_again(connection, user, run_id, clock.now())
            return count(connection, UNDONE)

    def note_what_stays(self) -> None:
        """Write every event that is there to the history, and what is there without its pair."""
        with self.folder.connect("run") as connection:
            for user, epoch, seq, event_id, uid in connection.execute(ROWS).fetchall():
                self.history.write("durable", user=user, epoch=epoch, seq=seq, id=event_id, uid=uid)
            for name, query in NONE_OF:
                self.history.write("bound", name=name, value=count(connection, query), limit=0)


def count(connection: psycopg.Connection, query: str) -> int:
    """Return the one number that a query counts."""
    found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0])


def discard(folder: Path) -> None:
    """Stop the servers of a run and remove their files."""
    for home in folder.glob("database-*"):
        remove(embedded.DatabaseHome(home))


def remove(home: embedded.DatabaseHome) -> None:
    """Stop a server that was started for a run, and remove all of it."""
    found = place.find(home)
    go_on(home)
    if found.base.exists():
        found.throwaway.touch(mode=0o600)
        embedded.discard(home)


def processes(home: embedded.DatabaseHome) -> list[int]:
    """Return the processes of a server, the first one first."""
    running = postmaster.running_server(place.find(home))
    if running is None:
        return []
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text()
    return [running.pid, *map(int, children.split())]


def go_on(home: embedded.DatabaseHome) -> None:
    """Let a server go on that stood still when its run was killed."""
    for pid in processes(home):
        signalled(pid, signal.SIGCONT)


def signalled(pid: int, number: signal.Signals) -> bool:
    """Send a signal; say whether there was anybody."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
