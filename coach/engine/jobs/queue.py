"""Work that is asked for now and done by a worker: one run for one request, in one transaction.

The row of the run says everything; an entry of procrastinate's queue only brings it to a worker,
and may be lost or come twice. procrastinate is imported where an entry is made.
"""

from datetime import datetime

from coach.engine.jobs.run import JobOrder
from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue import asked, repair
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import INSTALLATION, RunId, UserId


def enqueue(
    connection: CoachConnection,
    user_id: UserId,
    order: JobOrder,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Ask for this work, not to begin before `due_at`; say whether nobody asked for it before.

    The same work is one run, whatever has become of it: a failed run is begun again by `ask_again`
    alone. The run and its entry in the queue are part of the caller's transaction, if there is one.
    """
    with unit_of_work(connection, user_id, lambda: now):
        named, times = (order.id, order.kind, order.label), (now, due_at)
        is_new = asked.add(connection, user_id, named, order.request, times)
        if is_new:
            _carry(connection, repair.LeftBehind(user_id, order.id, 0, due_at))
    return is_new


def ask_again(connection: CoachConnection, user_id: UserId, run_id: RunId, now: datetime) -> bool:
    """Queue a failed or dead run for a further attempt; False where it is in another state.

    The run is the user's own, or one of the installation.
    """
    with unit_of_work(connection, user_id, lambda: now):
        again = asked.ask_again(connection, user_id, run_id)
        if again is not None:
            _carry(connection, repair.LeftBehind(again.user_id, run_id, again.attempt, None))
    return again is not None


def carry_left_behind(connection: CoachConnection, now: datetime) -> int:
    """Give every queued run an entry in the queue that has no waiting one; return how many."""
    with unit_of_work(connection, INSTALLATION, lambda: now):
        repair.forget_stalled(connection)
        found = repair.left_behind(connection)
        for one in found:
            _carry(connection, one)
    return len(found)


def _carry(connection: CoachConnection, run: repair.LeftBehind) -> None:
    from coach.engine.jobs.carrier import defer

    asked.carried_by(connection, run.user_id, run.id, defer(connection, run))
