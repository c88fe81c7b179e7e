"""A worker's attempt: claimed once, closed with its work, tried again with pauses, given up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from signal import ITIMER_REAL, getitimer

import psycopg
import pytest

from coach.engine.api import health
from coach.engine.api.session import Session
from coach.engine.jobs import queue
from coach.engine.jobs.attempt import attempt
from coach.engine.jobs.kinds import LIMITS, MOST_TRIES
from coach.engine.jobs.run import JobOrder, job_run
from coach.engine.jobs.worker import TIME_TO_END, WorkerSetup, do_attempt
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.job_runs import JobRun
from coach.engine.store.queue import asked
from coach.engine.store.queue.asked import ClaimedRun
from coach.errors import CoachError, NotFound, TryLater
from coach.model.events import Json

ORDER = JobOrder("score.bias", {"day": "2026-04-01"}, "1 April")
Perform = Callable[[CoachConnection, ClaimedRun], Mapping[str, Json]]


@pytest.fixture
def asked_for(session: Session) -> Session:
    queue.enqueue(session.connection, session.user.id, ORDER, session.clock())
    return session


def stored(session: Session) -> JobRun:
    found = job_runs.find(session.connection, session.user.id, ORDER.id)
    assert found is not None
    return found


def make_attempt(session: Session, url: str, perform: Perform, after: int = 0) -> int:
    """Make an attempt as a worker does, and return how often it was claimed."""
    claims: list[ClaimedRun] = []
    wanted = (session.user.id, ORDER.id, after)
    attempt(
        partial(connect, url), wanted, perform, session.clock, lambda run, _: claims.append(run)
    )
    return len(claims)


def done(_connection: CoachConnection, _run: ClaimedRun) -> Mapping[str, Json]:
    return {"rows": 3}


def raising(trouble: Exception) -> Perform:
    def fail(_connection: CoachConnection, _run: ClaimedRun) -> Mapping[str, Json]:
        raise trouble

    return fail


def test_a_run_that_is_done_keeps_its_result(asked_for: Session, database_url: str) -> None:
    assert make_attempt(asked_for, database_url, done) == 1
    found = stored(asked_for)
    assert (found.state, found.attempt, found.tries, found.result) == ("done", 1, 1, {"rows": 3})


def test_an_entry_that_comes_twice_is_done_once(asked_for: Session, database_url: str) -> None:
    assert [make_attempt(asked_for, database_url, done) for _ in range(2)] == [1, 0]
    assert stored(asked_for).attempt == 1


def test_a_run_that_a_command_did_meanwhile_is_left_alone(
    asked_for: Session, database_url: str
) -> None:
    with job_run(asked_for.connection, asked_for.user.id, ORDER, asked_for.clock) as job:
        job.finish({"by": "hand"})
    assert make_attempt(asked_for, database_url, done) == 0
    assert (stored(asked_for).result, stored(asked_for).tries) == ({"by": "hand"}, 0)


def test_the_work_of_a_command_goes_on_with_the_workers_attempt(
    asked_for: Session, database_url: str
) -> None:
    def by_a_command(connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        with job_run(connection, run.user_id, JobOrder(run.kind, {}), asked_for.clock) as job:
            job.finish({"within": True})
        return {}

    make_attempt(asked_for, database_url, by_a_command)
    [found] = job_runs.runs(asked_for.connection, asked_for.user.id)
    assert (found.id, found.attempt, found.result) == (ORDER.id, 1, {"within": True})


def test_trouble_that_may_pass_is_tried_again_after_a_pause(
    asked_for: Session, database_url: str
) -> None:
    make_attempt(asked_for, database_url, raising(TryLater(broker="coinbase", reason="503")))
    found = stored(asked_for)
    assert (found.state, found.attempt, found.tries) == ("queued", 1, 1)
    assert found.due_at == asked_for.clock() + timedelta(seconds=30)
    assert found.error == "coinbase cannot be reached just now: 503"
    assert queue.carry_left_behind(asked_for.connection, asked_for.clock()) == 1


def test_the_pauses_grow_and_the_fifth_failure_is_the_end(
    asked_for: Session, database_url: str
) -> None:
    pauses = []
    for after in range(MOST_TRIES):
        make_attempt(asked_for, database_url, raising(ValueError("secret")), after)
        found = stored(asked_for)
        pauses.append(found.due_at and (found.due_at - asked_for.clock()).total_seconds())
    assert pauses == [30, 120, 480, 1920, None]
    assert (found.state, found.attempt, found.error) == ("dead", 5, "ValueError")
    [check] = health._dead_jobs(asked_for)
    assert (check.state, check.detail) == (
        "warning",
        "1 dead; newest: score.bias 1 April (ValueError)",
    )


@pytest.mark.parametrize("trouble", [NotFound(kind="user", name="ann"), CoachError(what="odd")])
def test_what_another_try_would_meet_again_fails_at_once(
    asked_for: Session, database_url: str, trouble: CoachError
) -> None:
    make_attempt(asked_for, database_url, raising(trouble))
    expected = "failed" if isinstance(trouble, NotFound) else "queued"
    assert (stored(asked_for).state, stored(asked_for).error) == (expected, str(trouble))


def test_an_attempt_whose_session_is_ended_is_put_back(
    asked_for: Session, database_url: str
) -> None:
    def cut_off(connection: CoachConnection, _run: ClaimedRun) -> Mapping[str, Json]:
        process = connection.info.backend_pid
        asked_for.connection.execute("select pg_terminate_backend(%s)", [process])
        connection.execute("select 1")
        return {}

    make_attempt(asked_for, database_url, cut_off)
    found = stored(asked_for)
    assert (found.state, found.error) == ("queued", "the database ended the session")


def test_a_zombie_changes_nothing_of_the_attempt_after_its_own(
    asked_for: Session, database_url: str
) -> None:
    """It is handed back while it works, another attempt ends, and then it wants to end as well."""

    def overtaken(connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        now = asked_for.clock()
        assert asked.put_back(asked_for.connection, run.claim, "", now, 0)
        again = asked.claim(asked_for.connection, run.user_id, run.id, run.attempt, now)
        assert again is not None
        job_runs.finish(asked_for.connection, again.claim, {"by": "the second"}, now)
        with job_run(connection, run.user_id, ORDER, asked_for.clock) as job:
            job.note_progress(1, 2)
            job.finish({"by": "a zombie"})
        return {}

    make_attempt(asked_for, database_url, overtaken)
    found = stored(asked_for)
    assert (found.state, found.attempt, found.error) == ("done", 2, "")
    assert (found.result, found.progress) == ({"by": "the second"}, None)


def test_a_run_that_somebody_works_on_is_left_to_them(
    asked_for: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.engine.jobs.attempt.PATIENCE_S", 0.01)
    job_runs.hold(asked_for.connection, asked_for.user.id, ORDER.id)
    assert make_attempt(asked_for, database_url, done) == 0
    assert stored(asked_for).state == "queued"


def test_a_wrong_password_is_no_reason_to_stop(asked_for: Session, database_url: str) -> None:
    """An error of the library without a session is trouble of the database, and may pass."""
    make_attempt(asked_for, database_url, raising(psycopg.OperationalError("secret")))
    assert "secret" not in stored(asked_for).error


def test_progress_of_a_worker_belongs_to_its_attempt(asked_for: Session, database_url: str) -> None:
    seen: list[object] = []

    def note(connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        for stale in (run.claim, run.claim._replace(attempt=run.attempt - 1)):
            job_runs.note_progress(connection, replace(run).claim, 1, 2)
            job_runs.note_progress(connection, stale, stale.attempt + 1, 2)
            seen.append(stored(asked_for).progress)
        return {}

    make_attempt(asked_for, database_url, note)
    assert seen == [{"done": 2, "of": 2}, {"done": 1, "of": 2}]


def test_the_process_ends_some_time_after_a_run_took_too_long(
    asked_for: Session, database_url: str
) -> None:
    """It has lost its session by then, but may compute on."""
    left: list[float] = []
    warnings: list[str] = []

    def look(_connection: CoachConnection, _run: ClaimedRun) -> Mapping[str, Json]:
        left.append(getitimer(ITIMER_REAL)[0])
        return {}

    setup = WorkerSetup(
        database_url, partial(connect, database_url), asked_for.clock, look, (), warnings.append
    )
    do_attempt((asked_for.user.id, ORDER.id, 0), setup, {})
    longest = LIMITS[ORDER.kind].longest
    assert left == [pytest.approx((longest + TIME_TO_END).total_seconds(), rel=0.5)]
    assert (getitimer(ITIMER_REAL), warnings) == ((0, 0), [])
