"""Work that is asked for is one run, in the caller's transaction, and finds its way to a worker."""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest

from coach.engine.api import jobs as api
from coach.engine.api.session import Session
from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.store import job_runs
from coach.engine.store.job_runs import JobRun
from coach.engine.unit_of_work import unit_of_work
from coach.errors import AmbiguousId, Conflict, NotFound
from coach.model.accounts import INSTALLATION

ORDER = JobOrder("score.bias", {"day": "2026-04-01"}, "1 April")
ENTRIES = "select queue_name, task_name, args, queueing_lock, scheduled_at from procrastinate_jobs"


class GivenUpError(Exception):
    """The caller changed its mind."""


def ask(session: Session, order: JobOrder = ORDER) -> bool:
    return queue.enqueue(session.connection, session.user.id, order, session.clock())


def stored(session: Session, order: JobOrder = ORDER) -> JobRun | None:
    return job_runs.find(session.connection, session.user.id, order.id)


def entries(session: Session) -> list[tuple[object, ...]]:
    return session.connection.execute(ENTRIES).fetchall()


def test_work_that_is_asked_for_waits_with_an_entry_in_the_queue(session: Session) -> None:
    assert ask(session)
    waiting = stored(session)
    assert waiting is not None
    assert (waiting.state, waiting.attempt, waiting.request) == ("queued", 0, ORDER.request)
    args = {"user_id": session.user.id, "run_id": ORDER.id, "after": 0}
    assert entries(session) == [("runs", "coach.run", args, None, None)]


def test_asking_twice_is_one_run_and_one_entry(session: Session) -> None:
    assert [ask(session), ask(session)] == [True, False]
    assert len(entries(session)) == 1


def test_asking_is_part_of_the_transaction_of_who_asks(session: Session) -> None:
    with (
        suppress(GivenUpError),
        unit_of_work(session.connection, session.user.id, session.clock),
    ):
        ask(session)
        raise GivenUpError
    assert (stored(session), entries(session)) == (None, [])


def test_work_for_later_is_not_brought_before_its_time(session: Session) -> None:
    later = session.clock() + timedelta(hours=1)
    queue.enqueue(session.connection, session.user.id, ORDER, session.clock(), later)
    assert entries(session)[0][-1] == later


def test_the_ids_of_runs_that_had_other_names_are_what_they_were() -> None:
    """`coach digest --week 2026-W14` was a run of the kind `digest`, under this id."""
    digest = JobOrder("digest.weekly", {"week": "2026-W14"})
    assert digest.id == sha256(b'6:digest19:{"week":"2026-W14"}').hexdigest()


def test_a_run_whose_entry_was_lost_gets_another(session: Session) -> None:
    ask(session)
    session.connection.execute("delete from procrastinate_jobs")
    assert [queue.carry_left_behind(session.connection, session.clock()) for _ in range(2)] == [
        1,
        0,
    ]
    assert len(entries(session)) == 1


def test_an_entry_that_a_dead_worker_took_is_replaced(session: Session) -> None:
    """Taken, and then the worker was killed before it claimed the run."""
    ask(session)
    session.connection.execute("update procrastinate_jobs set status = 'doing'")
    assert queue.carry_left_behind(session.connection, session.clock()) == 1
    statuses = session.connection.execute("select status::text from procrastinate_jobs")
    assert statuses.fetchall() == [("todo",)]


def test_a_run_whose_entry_was_taken_a_moment_ago_gets_another_once(session: Session) -> None:
    """Taken by a worker that procrastinate believes alive, though it may just have been killed."""
    ask(session)
    session.connection.execute(
        "with alive as (insert into procrastinate_workers default values returning id)"
        " update procrastinate_jobs set status = 'doing', worker_id = (select id from alive)"
    )
    again = [queue.carry_left_behind(session.connection, session.clock()) for _ in range(2)]
    assert again == [1, 0]
    statuses = session.connection.execute("select status::text from procrastinate_jobs order by 1")
    assert statuses.fetchall() == [("doing",), ("todo",)]


@pytest.mark.parametrize("state", ["failed", "dead"])
def test_a_job_that_failed_is_queued_again_under_its_id(session: Session, state: str) -> None:
    ask(session)
    session.connection.execute("update run set state = %s, attempt = 3, tries = 3", [state])
    session.connection.execute("delete from procrastinate_jobs")
    found = api.retry(session, ORDER.id[:6])
    assert (found.id, found.state, found.attempt, found.tries) == (ORDER.id, "queued", 3, 0)
    [(_, _, args, *_)] = entries(session)
    assert args == {"user_id": session.user.id, "run_id": ORDER.id, "after": 3}


def test_a_job_that_waits_is_not_queued_again(session: Session) -> None:
    ask(session)
    with pytest.raises(Conflict, match="is queued"):
        api.retry(session, ORDER.id)
    assert len(entries(session)) == 1


def test_what_no_worker_can_do_is_not_queued(session: Session) -> None:
    what_if = JobOrder("simulate.trades", {"days": 30})
    ask(session, what_if)
    session.connection.execute("update run set state = 'failed'")
    with pytest.raises(Conflict, match="no worker can do"):
        api.retry(session, what_if.id)


def test_a_job_is_found_by_the_beginning_of_its_id(session: Session) -> None:
    ask(session)
    ask(session, JobOrder("score.bias", {"day": "2026-04-02"}))
    assert api.job(session, ORDER.id[:20].upper()).id == ORDER.id
    with pytest.raises(NotFound):
        api.job(session, "zz")
    session.connection.execute("update run set id = 'aa' || id")
    with pytest.raises(AmbiguousId):
        api.job(session, "aa")


def test_the_jobs_of_the_installation_are_seen_by_its_users(session: Session) -> None:
    queue.enqueue(session.connection, INSTALLATION, ORDER, session.clock())
    assert [run.id for run in api.jobs(session)] == [ORDER.id]
    assert api.job(session, ORDER.id).state == "queued"
