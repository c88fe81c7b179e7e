"""A worker of a run: coach's own, whose runs each do one piece of work and tell one event of it.

`python -m tests.chaos.worker FOLDER NAME`. Each attempt has a name of its own for its work, so that
a run that was done twice is seen. Its clock is right: a run that is put back is due by it.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import sleep

from coach.engine.jobs.periodic import REAPER
from coach.engine.jobs.worker import Worker, WorkerSetup
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue.asked import ClaimedRun
from coach.engine.unit_of_work import unit_of_work
from coach.model.events import Json
from coach.model.notifications.events import DigestReady
from tests import clock
from tests.chaos.history import History
from tests.chaos.place import RunFolder, end_with_parent
from tests.chaos.writer import GENERATION, WORK

LONGEST_WORK_S = 0.1


@dataclass(slots=True)
class Performer:
    """Does runs: the work, its event and the end of the run are one transaction."""

    history: History
    chance: Random

    def perform(self, connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        """Do a run; whether its transaction was committed is unknown where that raises."""
        found = connection.execute(GENERATION).fetchone()
        assert found is not None
        uid = f"{run.request['uid']}:{run.attempt}"
        where = {"writer": "worker", "uids": [uid], "generation": int(found[0])}
        self.history.write("invoke", **where)
        try:
            with unit_of_work(connection, run.user_id, clock.now) as events:
                connection.execute(WORK, [uid])
                sleep(self.chance.random() * LONGEST_WORK_S)
                events.append(DigestReady(week="2026-W10", sha256=uid))
                job_runs.finish(connection, run.claim, {}, clock.now())
        except BaseException:
            self.history.write("info", **where)
            raise
        self.history.write("ok", **where)
        return {}


def main(folder: str, name: str) -> None:
    """Do runs until the process is ended."""
    end_with_parent()
    place = RunFolder(Path(folder))
    history = History(place.path, name)
    performer = Performer(history, Random(f"{place.settings()['seed']}/{name}"))
    setup = WorkerSetup(
        url=place.text("url"),
        connect=lambda: place.connect("worker"),
        clock=clock.now,
        perform=performer.perform,
        periodic=(REAPER,),
        warn=lambda what: history.write("warning", what=what),
    )
    Worker(setup, lambda: None).run(once=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
