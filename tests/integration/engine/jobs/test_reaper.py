"""The runs of workers that were killed or hang go on elsewhere; those that kill workers end."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import sleep

import pytest

from coach.engine.api import upkeep
from coach.engine.api.session import Session
from coach.engine.jobs import queue
from coach.engine.jobs.kinds import LIMITS, MOST_TRIES
from coach.engine.jobs.periodic import reap
from coach.engine.jobs.run import JobOrder
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.job_runs import INTERRUPTED, JobRun
from coach.engine.store.queue import asked

ORDER = JobOrder("score.bias", {"day": "2026-04-01"}, "1 April")
PATIENCE_S = 60.0


def working(session: Session, url: str, after: int = 0) -> CoachConnection:
    """Return the connection of a worker that has claimed the run."""
    queue.enqueue(session.connection, session.user.id, ORDER, session.clock())
    connection = connect(url)
    job_runs.hold(connection, session.user.id, ORDER.id)
    claimed = asked.claim(connection, session.user.id, ORDER.id, after, session.clock())
    assert claimed is not None
    return connection


def killed(session: Session, worker: CoachConnection) -> None:
    """End a worker's session with the server, and wait until the server has noticed."""
    process = worker.info.backend_pid
    worker.close()
    wait_until_gone(session, process)


def wait_until_gone(session: Session, process: int) -> None:
    there = "select from pg_stat_activity where pid = %s"
    for _ in range(int(PATIENCE_S / 0.05)):
        if not session.connection.execute(there, [process]).fetchall():
            return
        sleep(0.05)
    raise AssertionError("the server keeps the session")


def stored(session: Session) -> JobRun:
    found = job_runs.find(session.connection, session.user.id, ORDER.id)
    assert found is not None
    return found


def test_a_run_under_way_is_left_alone(session: Session, database_url: str) -> None:
    with working(session, database_url):
        reap(session.connection, session.clock())
        assert (stored(session).state, stored(session).attempt) == ("running", 1)


def test_the_run_of_a_killed_worker_is_queued_again(session: Session, database_url: str) -> None:
    killed(session, working(session, database_url))
    reap(session.connection, session.clock())
    found = stored(session)
    assert (found.state, found.attempt, found.error) == ("queued", 1, INTERRUPTED)
    carried = "select r.id from run r join procrastinate_jobs j on j.id = r.carrier"
    assert session.connection.execute(carried).fetchall() == [(ORDER.id,)]


def test_two_reapers_queue_it_once(session: Session, database_url: str) -> None:
    killed(session, working(session, database_url))
    session.connection.execute("delete from procrastinate_jobs")
    reap(session.connection, session.clock())
    reap(session.connection, session.clock())
    count = session.connection.execute("select count(*) from procrastinate_jobs").fetchone()
    assert count == (1,)


def test_a_run_that_kills_every_worker_is_dead(session: Session, database_url: str) -> None:
    states = []
    for after in range(MOST_TRIES):
        killed(session, working(session, database_url, after))
        reap(session.connection, session.clock())
        states.append(stored(session).state)
    assert states == ["queued"] * (MOST_TRIES - 1) + ["dead"]
    assert stored(session).finished_at == session.clock()


@pytest.mark.parametrize("late", [False, True])
def test_a_run_that_takes_too_long_loses_its_session(
    session: Session, database_url: str, late: bool
) -> None:
    worker = working(session, database_url)
    longest = LIMITS["score.bias"].longest
    now = session.clock() + longest + timedelta(seconds=1 if late else -1)
    process = worker.info.backend_pid
    reap(session.connection, now)
    if late:
        wait_until_gone(session, process)
        reap(session.connection, now)
    assert stored(session).state == ("queued" if late else "running")
    worker.close()


def test_the_next_command_leaves_a_workers_run_to_the_workers(
    session: Session, database_url: str
) -> None:
    killed(session, working(session, database_url))
    upkeep.do_what_is_due(session, event_months=24)
    assert stored(session).state == "running"


def test_a_command_that_takes_long_is_not_ended(session: Session, database_url: str) -> None:
    with connect(database_url) as typed:
        job_runs.hold(typed, session.user.id, ORDER.id)
        named = (ORDER.id, ORDER.kind, ORDER.label)
        job_runs.start(typed, session.user.id, named, ORDER.request, session.clock())
        moved = replace(session, clock=partial(lambda: session.clock() + timedelta(days=30)))
        reap(session.connection, moved.clock())
        assert (stored(session).state, typed.closed) == ("running", False)
        assert typed.execute("select 1").fetchone() == (1,)
