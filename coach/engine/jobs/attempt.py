"""One attempt of a worker at a queued run: claimed, done, and closed, put back or given up."""

from collections.abc import Callable, Mapping
from datetime import datetime

import psycopg

from coach.engine.jobs.kinds import MOST_TRIES, pause_after
from coach.engine.jobs.run import reason_of
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue import asked
from coach.engine.store.queue.asked import ClaimedRun
from coach.errors import (
    AuthenticationFailed,
    ConfigError,
    KekUnavailable,
    Locked,
    NoAgeKey,
    NotFound,
    NotInitialised,
    Refused,
    SealBroken,
    UsageError,
)
from coach.model.accounts import RunId, UserId
from coach.model.events import Json

FINAL = (
    *(AuthenticationFailed, ConfigError, KekUnavailable, NoAgeKey, NotFound, NotInitialised),
    *(Refused, SealBroken, UsageError),
)
"""Errors that another try would meet again: somebody has to do something first."""
PATIENCE_S = 5.0

Clock = Callable[[], datetime]
Perform = Callable[[CoachConnection, ClaimedRun], Mapping[str, Json]]
"""Does a run over a connection that has claimed it, and returns its result.

What finishes the run itself, in the transaction of its work, is left at that.
"""
Connect = Callable[[], CoachConnection]


def attempt(
    connect: Connect,
    wanted: tuple[UserId, RunId, int],
    perform: Perform,
    clock: Clock,
    on_claim: Callable[[ClaimedRun, int], None],
) -> None:
    """Claim a run that is queued after that attempt, and do it; do nothing where it is not.

    `on_claim` hears of the run and of the process of the server that works for it.
    """
    user_id, run_id, after = wanted
    with connect() as connection:
        try:
            job_runs.hold(connection, user_id, run_id, PATIENCE_S)
        except Locked:
            return  # somebody works on it, or has just ended: what is left is carried again
        claimed = asked.claim(connection, user_id, run_id, after, clock())
        if claimed is None:
            return
        on_claim(claimed, connection.info.backend_pid)
        connection.claim = claimed.claim
        try:
            result = perform(connection, claimed)
            _finish(connection, claimed, result, clock)
        except Exception as trouble:  # noqa: BLE001 -- the one place: whatever it was, the run says so
            _close(connect, claimed, trouble, clock())


def _finish(
    connection: CoachConnection, run: ClaimedRun, result: Mapping[str, Json], clock: Clock
) -> None:
    """Close a run that its work has not closed itself."""
    found = job_runs.find(connection, run.user_id, run.id)
    if found is not None and (found.state, found.attempt) == ("running", run.attempt):
        job_runs.finish(connection, run.claim, result, clock())


def _close(connect: Connect, run: ClaimedRun, trouble: Exception, now: datetime) -> None:
    """Say what becomes of a run whose attempt raised, over a connection of its own.

    That of the attempt may be broken, or within a transaction. A run that is done or another
    attempt's by now stays as it is.
    """
    broken = isinstance(trouble, psycopg.OperationalError)
    reason = "the database ended the session" if broken else reason_of(trouble)
    with connect() as connection:
        if isinstance(trouble, FINAL):
            job_runs.fail(connection, run.claim, reason, now)
        elif run.tries >= MOST_TRIES:
            asked.give_up(connection, run.claim, reason, now)
        else:
            due_at = now + pause_after(run.tries)
            asked.put_back(connection, run.claim, reason, due_at, run.tries)
