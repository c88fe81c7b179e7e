"""What goes wrong in a run: one fault after the other, chosen by the seed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Thread
from time import sleep

import psycopg

from coach.engine.outbox import epochs, partitions, retention
from coach.errors import DatabaseTrouble
from tests.chaos.database import ChaosDatabase, signalled
from tests.chaos.history import History
from tests.chaos.place import RunFolder, users
from tests.chaos.processes import Cast

HOUR_S = 3600
FAR_S = 250 * 24 * HOUR_S
"""A clock that is so far ahead has no month to write to."""
ANCIENT = timedelta(days=30 * 365)
KEEP_MONTHS = 24
LISTENING = """
select pid from pg_stat_activity
where datname = current_database() and application_name in ('chaos-tail', 'chaos-inner')
"""
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name in ('chaos-tail', 'chaos-inner')
"""
HOG = "select 1 from user_stream where user_id = %s for update"


@dataclass(slots=True)
class Nemesis:
    """Chooses faults and does them; those that last go on beside the next ones."""

    folder: RunFolder
    history: History
    database: ChaosDatabase
    cast: Cast
    chance: Random
    restores: int
    epochs: int
    lasting: list[Thread] = field(default_factory=list)
    months: int = partitions.MONTHS_AHEAD

    def strike(self) -> None:
        """Do one fault."""
        kinds = self._kinds()
        fault = self.chance.choices(list(kinds), [weight for weight, _ in kinds.values()])[0]
        self.history.write("fault", fault=fault)
        try:
            kinds[fault][1]()
        except (psycopg.Error, DatabaseTrouble) as error:
            self.history.write("failed", fault=fault, why=str(error)[:200])

    def heal(self) -> None:
        """Undo what lasts."""
        for lasting in self.lasting:
            lasting.join()
        self.folder.put("network", "pass")
        self.folder.put("clock", "+0s")
        self.database.start()

    def _kinds(self) -> dict[str, tuple[float, Callable[[], object]]]:
        """Return every fault with its weight."""
        restores = float(self.restores > 0)
        workers, servers, relays = (
            float(bool(self.cast.named(kind))) for kind in ("workers", "server", "relay")
        )
        return {
            "kill -9 of a relay": (3 * relays, lambda: self.cast.kill(self._one_of("relay"))),
            "relay stands still": (2 * relays, lambda: self._stand_still("relay")),
            "kill -9 of followers": (2 * relays, lambda: self.cast.kill(self._one_of("clients"))),
            "kill -9 of a server": (3 * servers, lambda: self.cast.kill(self._one_of("server"))),
            "server stands still": (2 * servers, lambda: self._stand_still("server")),
            "server is told to stop": (servers, self._restart_server),
            "kill -9 of followers over sockets": (
                2 * servers,
                lambda: self.cast.kill(self._one_of("sockets")),
            ),
            "kill -9 of a follower within": (2, lambda: self.cast.kill(self._one_of("inner"))),
            "kill -9 of writers": (2, self._kill_writers),
            "writers stand still": (1, lambda: self._stand_still("writers")),
            "kill -9 of a worker": (3 * workers, lambda: self.cast.kill(self._one_of("workers"))),
            "worker stands still": (workers, lambda: self._stand_still("workers")),
            "PostgreSQL ends at once": (2, lambda: self.database.kill(signal.SIGQUIT)),
            "kill -9 of PostgreSQL": (1, lambda: self.database.kill(signal.SIGKILL)),
            "PostgreSQL stands still": (1, self._stop_database),
            "LISTEN is cut": (3, self._cut_listening),
            "LISTEN stands still": (2, self._stop_listening),
            "network": (4, self._disturb_network),
            "clock": (2, lambda: self._turn_clock(self.chance.choice([HOUR_S, -HOUR_S]))),
            "month is missing": (1, lambda: self._turn_clock(FAR_S)),
            "maintenance": (2, self._maintain),
            "lock is held": (2, lambda: self._last(self._hold_lock)),
            "transaction is idle": (1, lambda: self._last(self._idle)),
            "backup": (0.5 * restores * (not self.database.backup_at), self.database.back_up),
            "restore": (restores * bool(self.database.backup_at), self._restore),
            "new epoch": (0.3 * (self.epochs > 0), self._renew),
        }

    def _one_of(self, beginning: str) -> str:
        return self.chance.choice(self.cast.named(beginning))

    def _stand_still(self, beginning: str) -> None:
        self.cast.stand_still(self._one_of(beginning), self.chance.uniform(0.5, 3))

    def _restart_server(self) -> None:
        name = self._one_of("server")
        self.cast.end(name, signal.SIGTERM)
        self.cast.start(name)

    def _kill_writers(self) -> None:
        """Kill a process of writers; a new one has names of its own for what it writes."""
        name = self._one_of("writers")
        module, folder, _, first, count = self.cast.words.pop(name)
        self.cast.end(name)
        base, _, times = name.partition("k")
        fresh = f"{base}k{int(times or 0) + 1}"
        self.cast.add(fresh, module.rpartition(".")[2], first, count, clocked=True)
        assert folder == str(self.folder.path)

    def _stop_database(self) -> None:
        with self.database.stopped():
            sleep(self.chance.uniform(1, 5))

    def _cut_listening(self) -> None:
        with self.folder.connect("run") as connection:
            connection.execute(CUT)

    def _stop_listening(self) -> None:
        with self.folder.connect("run") as connection:
            found = [pid for (pid,) in connection.execute(LISTENING).fetchall()]
        if found:
            pid = self.chance.choice(found)
            if signalled(pid, signal.SIGSTOP):
                sleep(self.chance.uniform(1, 6))
                signalled(pid, signal.SIGCONT)

    def _disturb_network(self) -> None:
        condition = self.chance.choice(["crawl", "swallow", "cut"])
        self.folder.put("network", condition)
        sleep(0.5 if condition == "cut" else self.chance.uniform(1, 9))
        self.folder.put("network", "pass")

    def _turn_clock(self, seconds: int) -> None:
        self.folder.put("clock", f"{seconds:+d}s")
        sleep(self.chance.uniform(0.5, 3))
        self.folder.put("clock", "+0s")

    def _maintain(self) -> None:
        """Open one more month, and take out one that is older than it is wanted."""
        self.months += 1
        with self.folder.connect("run") as connection:
            now = self.folder.now()
            partitions.ensure(connection, now, self.months % 5 + partitions.MONTHS_AHEAD)
            partitions.ensure(connection, now - ANCIENT, 0)
            retention.retire(connection, now, KEEP_MONTHS)

    def _last(self, what: Callable[[float], None]) -> None:
        """Do something beside the next faults."""
        lasting = Thread(target=what, args=(self.chance.uniform(1, 8),))
        lasting.start()
        self.lasting = [one for one in self.lasting if one.is_alive()] + [lasting]

    def _hold_lock(self, seconds: float) -> None:
        """Hold the lock of one user's events; the other users are to notice nothing."""
        user = users(self.folder.settings()["users"])[0]
        with suppress(psycopg.Error, DatabaseTrouble), self._transaction() as connection:
            connection.execute(HOG, [user])
            sleep(seconds)

    def _idle(self, seconds: float) -> None:
        with suppress(psycopg.Error, DatabaseTrouble), self._transaction() as connection:
            connection.execute("insert into chaos_work values (%s)", [f"idle-{os.getpid()}"])
            sleep(seconds)

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        connection = self.folder.connect("run")
        with connection, connection.transaction(force_rollback=True):
            yield connection

    def _restore(self) -> None:
        self.restores -= 1
        self.database.restore()
        for told in (*self.cast.named("workers"), *self.cast.named("server")):
            self.cast.kill(told)  # they were told where the old server is

    def _renew(self) -> None:
        self.epochs -= 1
        with self.folder.connect("run") as connection:
            epochs.renew(connection)
