"""Long work is a run: opened before it begins, closed with its result, one for one request."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import sleep

import pytest

from coach.engine.api import digests, imports, simulate, upkeep, users
from coach.engine.api.imports import ImportRequest
from coach.engine.api.session import Session
from coach.engine.api.simulate import Skips, WhatIfRequest
from coach.engine.jobs.run import JobOrder, RunningJob, job_run
from coach.engine.store import job_runs as jobs
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.imports import runs
from coach.engine.store.job_runs import INTERRUPTED, JobRun, fail_dead, find
from coach.errors import Locked, NotInitialised
from coach.model.accounts import Run
from tests.integration.engine.conftest import HEADER

Importer = Callable[..., Run]
ORDER = JobOrder("fetch.candles", {"symbols": ["BTC-USD"], "source": ""}, "candles of BTC-USD")
TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")


def stored(session: Session, order: JobOrder = ORDER) -> JobRun:
    found = find(session.connection, session.user.id, order.id)
    assert found is not None
    return found


def every(connection: CoachConnection, kind: str) -> list[tuple[str, int, object, str]]:
    asked = "select state, attempt, result, error from run where kind = %s order by n"
    return connection.execute(asked, [kind]).fetchall()


def wait_until_gone(session: Session, process: int) -> None:
    """Wait until the server has noticed that a session ended, and freed its locks."""
    asked = "select from pg_stat_activity where pid = %s"
    for _ in range(1_200):
        if not session.connection.execute(asked, [process]).fetchall():
            return
        sleep(0.05)
    raise AssertionError("the server keeps the session")


def test_a_job_is_seen_by_others_while_it_runs_and_closed_with_its_result(
    session: Session, database_url: str
) -> None:
    with (
        job_run(session.connection, session.user.id, ORDER, session.clock) as job,
        connect(database_url) as another,
    ):
        seen = find(another, session.user.id, ORDER.id)
        job.finish({"weeks": 3})
    assert seen is not None
    assert (seen.state, seen.attempt, seen.result) == ("running", 1, None)
    done = stored(session)
    assert (done.state, done.result, done.label) == ("done", {"weeks": 3}, "candles of BTC-USD")


def test_the_same_request_is_a_further_attempt_at_one_run(session: Session) -> None:
    again = JobOrder("fetch.candles", {"source": "", "symbols": ["BTC-USD"]}, "candles of BTC-USD")
    for order in (ORDER, again):
        with job_run(session.connection, session.user.id, order, session.clock) as job:
            job.finish({})
    assert again.id == ORDER.id
    assert stored(session).attempt == 2


def test_another_kind_or_request_is_another_run() -> None:
    others = (JobOrder("simulate.trades", ORDER.request), JobOrder("fetch.candles", {}))
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
        job.finish({})
    assert stored(session).progress is None


def test_within_a_transaction_no_progress_is_written(session: Session) -> None:
    def note(job: RunningJob) -> None:
        with session.connection.transaction():
            job.note_progress(1, 9)

    with job_run(session.connection, session.user.id, ORDER, session.clock) as job:
        note(job)
        assert stored(session).progress is None
        job.finish({})


def test_an_import_leaves_other_jobs_alone_and_does_not_list_them(
    session: Session, imported: Importer
) -> None:
    with job_run(session.connection, session.user.id, ORDER, session.clock) as job:
        imported(*TRADE)
        assert stored(session).state == "running"
        job.finish({})
    assert [run.source for run in runs.runs(session.connection, session.user.id)] == ["generic"]


def test_a_what_if_is_a_run_whose_result_names_the_answer(
    session: Session, imported: Importer
) -> None:
    imported(*TRADE)
    found = simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    result = {"simulation": found.id}
    assert every(session.connection, "simulate.trades") == [("done", 2, result, "")]


def test_a_what_if_without_trades_is_a_failed_run(session: Session) -> None:
    with pytest.raises(NotInitialised):
        simulate.simulate(session, WhatIfRequest(Skips(after_loss=30)))
    [(state, *_)] = every(session.connection, "simulate.trades")
    assert state == "failed"


def test_a_digest_is_a_run_when_it_is_made_and_none_when_it_is_read_back(
    session: Session, imported: Importer
) -> None:
    imported(*TRADE)
    found = digests.digest(session)
    digests.digest(session)
    result = {"week": found.week, "sha256": found.sha256}
    assert every(session.connection, "digest.weekly") == [("done", 1, result, "")]


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


def test_work_that_ends_without_finishing_its_run_is_a_fault_of_ours(session: Session) -> None:
    with (
        pytest.raises(RuntimeError, match="without finishing"),
        job_run(session.connection, session.user.id, ORDER, session.clock),
    ):
        pass
    assert stored(session).state == "failed"


def test_an_interrupted_run_says_so(session: Session) -> None:
    with (
        suppress(KeyboardInterrupt),
        job_run(session.connection, session.user.id, ORDER, session.clock),
    ):
        raise KeyboardInterrupt
    assert (stored(session).state, stored(session).error) == ("failed", INTERRUPTED)


def test_a_run_whose_session_died_is_failed_by_the_next_start(
    session: Session, database_url: str
) -> None:
    with connect(database_url) as dying:
        working = job_run(dying, session.user.id, ORDER, session.clock)
        working.__enter__()
        process = dying.info.backend_pid
        upkeep.do_what_is_due(session, event_months=24)
        assert stored(session).state == "running"
    wait_until_gone(session, process)
    upkeep.do_what_is_due(session, event_months=24)
    failed = stored(session)
    assert (failed.state, failed.error, failed.finished_at) == (
        "failed",
        INTERRUPTED,
        session.clock(),
    )


def test_two_sessions_do_not_work_on_one_run_at_once(session: Session, database_url: str) -> None:
    with (
        connect(database_url) as another,
        job_run(session.connection, session.user.id, ORDER, session.clock) as job,
    ):
        with pytest.raises(Locked, match=ORDER.id[:12]):
            jobs.hold(another, session.user.id, ORDER.id, patience_s=0.01)
        job.finish({})


def test_what_an_attempt_did_is_not_kept_once_another_has_begun(session: Session) -> None:
    def overtaken() -> None:
        with (
            job_run(session.connection, session.user.id, ORDER, session.clock) as job,
            session.connection.transaction(),
        ):
            named = (ORDER.id, ORDER.kind, ORDER.label)
            jobs.start(session.connection, session.user.id, named, {}, session.clock())
            job.finish({"kept": True})

    with pytest.raises(Locked):
        overtaken()


def test_a_run_of_another_user_is_left_to_them(session: Session, database_url: str) -> None:
    ann = users.add(session.connection, "ann", "UTC")
    with connect(database_url) as dying:
        working = job_run(dying, ann.id, ORDER, session.clock)
        working.__enter__()
    fail_dead(session.connection, session.user.id, session.clock())
    found = find(session.connection, ann.id, ORDER.id)
    assert found is not None
    assert found.state == "running"


def test_an_import_is_a_run_with_a_result(session: Session, imported: Importer) -> None:
    imported(*TRADE)
    counts = {"fetched": 2, "new": 2, "known": 0, "changed": 0, "skipped": 0}
    assert every(session.connection, "import.trades") == [("done", 1, counts, "")]


def test_a_long_import_writes_its_progress_into_its_run(
    session: Session, database_url: str, tmp_path: Path
) -> None:
    """10,000 buys a second apart, while the clock moves two seconds with every look at it."""
    moments = (session.clock() + timedelta(seconds=2 * n) for n in count())
    statement = tmp_path / "fills.csv"
    bought = (f"2026-03-02T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z" for n in range(10_000))
    rows = [f"{at},BTC-USD,buy,1,100,0,USD," for at in bought]
    statement.write_text("\n".join([HEADER, *rows]))
    seen: list[object] = []

    def look(_done: int, _of: int | None) -> None:
        [found] = jobs.runs(another, session.user.id)
        seen.append((found.state, found.progress))

    with connect(database_url) as another:
        moving = replace(session, clock=lambda: next(moments))
        imports.import_statement(moving, statement, ImportRequest(), look)
    assert seen[:2] == [("running", None), ("running", {"done": 5_000, "of": 10_000})]
    [done] = jobs.runs(session.connection, session.user.id)
    assert (done.state, done.progress) == ("done", None)
