"""Long work is a run: opened before it begins, closed with its result, one for one request."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from coach.engine.api import digests, simulate
from coach.engine.api.session import Session
from coach.engine.api.simulate import Skips, WhatIfRequest
from coach.engine.jobs.run import JobOrder, RunningJob, job_run
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.imports import runs
from coach.engine.store.job_runs import JobRun, find
from coach.errors import NotInitialised
from coach.model.accounts import Run

Importer = Callable[..., Run]
ORDER = JobOrder("candles", {"symbols": ["BTC-USD"], "source": ""}, "candles of BTC-USD")
TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")


def stored(session: Session, order: JobOrder = ORDER) -> JobRun:
    found = find(session.connection, session.user.id, order.id)
    assert found is not None
    return found


def every(connection: CoachConnection, kind: str) -> list[tuple[str, int, object, str]]:
    asked = "select state, attempt, result, error from run where kind = %s order by n"
    return connection.execute(asked, [kind]).fetchall()


def test_a_job_is_seen_by_others_while_it_runs_and_closed_with_its_result(
    session: Session, database_url: str
) -> None:
    with (
        job_run(session.connection, session.user.id, ORDER, session.clock) as job,
        connect(database_url) as another,
    ):
        seen = find(another, session.user.id, ORDER.id)
        job.result = {"weeks": 3}
    assert seen is not None
    assert (seen.state, seen.attempt, seen.result) == ("running", 1, None)
    done = stored(session)
    assert (done.state, done.result, done.label) == ("done", {"weeks": 3}, "candles of BTC-USD")


def test_the_same_request_is_a_further_attempt_at_one_run(session: Session) -> None:
    again = JobOrder("candles", {"source": "", "symbols": ["BTC-USD"]}, "candles of BTC-USD")
    for order in (ORDER, again):
        with job_run(session.connection, session.user.id, order, session.clock):
            pass
    assert again.id == ORDER.id
    assert stored(session).attempt == 2


def test_another_kind_or_request_is_another_run() -> None:
    others = (JobOrder("simulation", ORDER.request), JobOrder("candles", {}))
    assert len({ORDER.id, *(order.id for order in others)}) == 3


def test_work_that_raises_is_a_failed_run_and_its_error_goes_on(session: Session) -> None:
    with (
        pytest.raises(NotInitialised),
        job_run(session.connection, session.user.id, ORDER, session.clock),
        session.connection.transaction(),
    ):
        raise NotInitialised
    failed = stored(session)
    assert (failed.state, failed.error) == ("failed", str(NotInitialised()))


def test_what_an_error_of_a_library_says_is_not_kept(session: Session) -> None:
    with (
        suppress(ValueError),
        job_run(session.connection, session.user.id, ORDER, session.clock),
    ):
        raise ValueError("a secret")
    assert stored(session).error == "ValueError"


def test_progress_is_written_at_most_once_a_second(session: Session) -> None:
    now = session.clock()
    with job_run(session.connection, session.user.id, ORDER, lambda: now) as job:
        job.note_progress(1, 9)
        job.note_progress(2, 9)
        assert stored(session).progress == {"done": 1, "of": 9}
        now += timedelta(seconds=1)
        job.note_progress(5, None)
        assert stored(session).progress == {"done": 5, "of": None}


def test_within_a_transaction_no_progress_is_written(session: Session) -> None:
    def note(job: RunningJob) -> None:
        with session.connection.transaction():
            job.note_progress(1, 9)

    with job_run(session.connection, session.user.id, ORDER, session.clock) as job:
        note(job)
    assert stored(session).progress is None


def test_an_import_leaves_other_jobs_alone_and_does_not_list_them(
    session: Session, imported: Importer
) -> None:
    with job_run(session.connection, session.user.id, ORDER, session.clock):
        imported(*TRADE)
        assert stored(session).state == "running"
    assert [run.source for run in runs.runs(session.connection, session.user.id)] == ["generic"]


def test_a_what_if_is_a_run_whose_result_names_the_answer(
    session: Session, imported: Importer
) -> None:
    imported(*TRADE)
    found = simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    known = {"simulation": found.id, "known": True}
    assert every(session.connection, "simulation") == [("done", 2, known, "")]


def test_a_what_if_without_trades_is_a_failed_run(session: Session) -> None:
    with pytest.raises(NotInitialised):
        simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    [(state, *_)] = every(session.connection, "simulation")
    assert state == "failed"


def test_a_digest_is_a_run_when_it_is_made_and_none_when_it_is_read_back(
    session: Session, imported: Importer
) -> None:
    imported(*TRADE)
    found = digests.digest(session)
    digests.digest(session)
    result = {"week": found.week, "sha256": found.sha256}
    assert every(session.connection, "digest") == [("done", 1, result, "")]


def test_work_that_is_kept_is_done_whatever_happens_afterwards(session: Session) -> None:
    with (
        suppress(KeyboardInterrupt),
        job_run(session.connection, session.user.id, ORDER, session.clock) as job,
    ):
        with session.connection.transaction():
            job.finish({"kept": True})
        raise KeyboardInterrupt
    done = stored(session)
    assert (done.state, done.result, done.error) == ("done", {"kept": True}, "")


def test_work_that_is_rolled_back_is_a_failed_run(session: Session) -> None:
    with (
        suppress(KeyboardInterrupt),
        job_run(session.connection, session.user.id, ORDER, session.clock) as job,
        session.connection.transaction(),
    ):
        job.finish({"kept": True})
        raise KeyboardInterrupt
    failed = stored(session)
    assert (failed.state, failed.result) == ("failed", None)
