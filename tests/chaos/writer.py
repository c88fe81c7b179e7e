"""A process of writers: transactions that work, tell users of it, and commit or roll back.

`python -m tests.chaos.writer FOLDER NAME FIRST COUNT`: each of COUNT threads is one writer.
"""

import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread
from time import sleep

import psycopg

from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.outbox.wakes import wake
from coach.engine.store.connect import CoachConnection
from coach.engine.unit_of_work import unit_of_work
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import NewEvent
from coach.model.notifications.events import DigestReady
from tests import clock
from tests.chaos.history import History
from tests.chaos.mutants import Emit, emitter
from tests.chaos.place import RunFolder, end_with_any_thread, end_with_parent, users

ROLLED_BACK = 0.1
UNHINTED = 0.2
RUN_ASKED_FOR = 0.03
LONGEST_WORK_S = 0.02
LONGEST_PAUSE_S = 0.1
AGAIN_S = 0.2
WORK = "insert into chaos_work (uid) values (%s)"
GENERATION = "select generation from chaos_generation"


class RolledBackOnPurpose(Exception):
    """A transaction ends here."""


@dataclass(slots=True)
class Transaction:
    """One transaction of a writer: what it is to write, and how far it came."""

    events: dict[UserId, list[NewEvent]]
    uids: list[str]
    committing: bool = False


@dataclass(slots=True)
class Writer:
    """One writer, on connections of its own."""

    folder: RunFolder
    history: History
    name: str
    people: list[UserId]
    emit: Emit
    asks_for_runs: bool
    done: int = 0

    def run(self) -> None:
        """Write until the run stops, and connect anew after every fault."""
        chance = Random(self.name)
        while not self.folder.stopping:
            with (
                suppress(psycopg.Error, DatabaseTrouble),
                self.folder.connect("writer") as open_one,
            ):
                found = open_one.execute(GENERATION).fetchone()
                assert found is not None
                while not (open_one.closed or self.folder.stopping):
                    self._write(open_one, int(found[0]), chance)
                    sleep(chance.random() * LONGEST_PAUSE_S)
            sleep(AGAIN_S)

    def _write(self, connection: CoachConnection, generation: int, chance: Random) -> None:
        one = self._planned(chance)
        where = {"writer": self.name, "uids": one.uids, "generation": generation}
        self.history.write("invoke", **where)
        try:
            if len(one.events) == 1:
                self._in_a_unit_of_work(connection, one, chance)
            else:
                self._for_several(connection, one, chance)
        except RolledBackOnPurpose:
            self.history.write("fail", why="rolled back", **where)
        except (psycopg.Error, DatabaseTrouble) as error:
            unknown = one.committing and not isinstance(error, DatabaseTrouble)
            self.history.write("info" if unknown else "fail", why=str(error)[:80], **where)
        else:
            self.history.write("ok", **where)
            self._hint(connection, one, chance)

    def _planned(self, chance: Random) -> Transaction:
        self.done += 1
        chosen = chance.sample(self.people, chance.choice([1, 1, 1, 2, 3]))
        one = Transaction({}, [])
        for user in chosen:
            own = [f"{self.name}:{self.done}:{user}:{n}" for n in range(chance.choice([1, 1, 2]))]
            one.uids.extend(own)
            one.events[user] = [DigestReady(week="2026-W10", sha256=uid) for uid in own]
        return one

    def _in_a_unit_of_work(
        self, connection: CoachConnection, one: Transaction, chance: Random
    ) -> None:
        ((user, events),) = one.events.items()
        if self.emit.is_of_coach:
            with unit_of_work(connection, user, self.folder.now) as pending:
                self._work(connection, one, chance)
                pending.extend(events)
                one.committing = True
        else:
            self._for_several(connection, one, chance)

    def _for_several(self, connection: CoachConnection, one: Transaction, chance: Random) -> None:
        with connection.transaction():
            early = self.emit.before(connection, one.events, self.folder.now())
            self._work(connection, one, chance)
            self.emit.last(connection, one.events, self.folder.now(), early)
            one.committing = True

    def _work(self, connection: CoachConnection, one: Transaction, chance: Random) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(WORK, [(uid,) for uid in one.uids])
        if (
            self.asks_for_runs
            and connection.pending_events is not None
            and chance.random() < RUN_ASKED_FOR
        ):
            self._ask_for_run(connection, one)
        sleep(chance.random() * LONGEST_WORK_S)
        if chance.random() < ROLLED_BACK:
            raise RolledBackOnPurpose

    @staticmethod
    def _ask_for_run(connection: CoachConnection, one: Transaction) -> None:
        """Ask a worker for a run, and at once for the same again, which is to be one."""
        order = JobOrder("score.bias", {"uid": f"job:{one.uids[0]}"})
        for _ in range(2):
            queue.enqueue(connection, min(one.events), order, clock.now())

    def _hint(self, connection: CoachConnection, one: Transaction, chance: Random) -> None:
        if len(one.events) > 1 and chance.random() > UNHINTED:
            with suppress(psycopg.Error):
                wake(connection, one.events)


def main(folder: str, name: str, first: str, count: str) -> None:
    """Run the writers of this process until the run stops."""
    end_with_parent()
    end_with_any_thread()
    place = RunFolder(Path(folder))
    settings = place.settings()
    history = History(place.path, name)
    people = users(settings["users"])
    emit, asks_for_runs = emitter(settings["mutant"]), bool(settings["workers"])
    writers = [
        Writer(place, history, f"{name}-{number}", people, emit, asks_for_runs)
        for number in range(int(first), int(first) + int(count))
    ]
    threads = [Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
