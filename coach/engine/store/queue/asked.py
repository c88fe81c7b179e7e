"""Runs that wait for a worker: written when they are asked for, claimed by one worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.engine.store.job_runs import AS_NEW
from coach.model.accounts import JobKind, RunAttempt, RunId, UserId
from coach.model.events import Json

ADD = """
insert into run (user_id, id, kind, label, request, state, attempt, started_at, due_at)
values (%s, %s, %s, %s, %s, 'queued', 0, %s, %s) on conflict (user_id, id) do nothing
"""
CLAIM = """
update run set state = 'running', attempt = attempt + 1, tries = tries + 1, started_at = %s,
 carrier = null, finished_at = null, progress = null, result = null
 where user_id = %s and id = %s and attempt = %s and state = 'queued'
returning user_id, id, kind, request, attempt, tries
"""
PUT_BACK = """
update run set state = 'queued', error = %s, due_at = %s, tries = %s, carrier = null,
 progress = null where user_id = %s and id = %s and attempt = %s and state = 'running'
"""
GIVE_UP = """
update run set state = 'dead', error = %s, finished_at = %s, due_at = null, carrier = null,
 progress = null
 where user_id = %s and id = %s and attempt = %s and state = 'running'
"""
AGAIN = f"""
update run set state = 'queued', {AS_NEW} where user_id in (%s, '') and id = %s
 and state in ('failed', 'dead') and request is not null returning user_id, id as run_id, attempt
"""  # noqa: S608 - constant text


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that a worker has claimed: what to do, which attempt it is, and which try of it."""

    user_id: UserId
    id: RunId
    kind: JobKind
    request: dict[str, Json]
    attempt: int
    tries: int

    @property
    def claim(self) -> RunAttempt:
        """Return which attempt at which run this is."""
        return RunAttempt(self.user_id, self.id, self.attempt)


def add(
    connection: Connection[Any],
    user_id: UserId,
    run: tuple[RunId, JobKind, str],
    request: Mapping[str, Json],
    times: tuple[datetime, datetime | None],
) -> bool:
    """Write a run that waits for a worker, unless there is one of that id; say whether it is new.

    `times` are when it is asked for, and before when it is not to begin.
    """
    values = [user_id, *run, Jsonb(dict(request)), *times]
    return connection.execute(ADD, values).rowcount == 1


def carried_by(connection: Connection[Any], user_id: UserId, run_id: RunId, carrier: int) -> None:
    """Note which entry of procrastinate's queue brings a run to a worker."""
    connection.execute(
        "update run set carrier = %s where user_id = %s and id = %s and state = 'queued'",
        [carrier, user_id, run_id],
    )


def claim(
    connection: Connection[Any], user_id: UserId, run_id: RunId, attempt: int, now: datetime
) -> ClaimedRun | None:
    """Begin the next attempt at a queued run; None where it is no longer queued after `attempt`."""
    with connection.cursor(row_factory=class_row(ClaimedRun)) as cursor:
        return cursor.execute(CLAIM, [now, user_id, run_id, attempt]).fetchone()


def put_back(
    connection: Connection[Any], claim: RunAttempt, error: str, due_at: datetime, tries: int
) -> bool:
    """Queue a run again that this attempt did not finish; say whether it was still its attempt."""
    return connection.execute(PUT_BACK, [error, due_at, tries, *claim]).rowcount == 1


def give_up(connection: Connection[Any], claim: RunAttempt, error: str, now: datetime) -> None:
    """Close a run as dead: every try failed."""
    connection.execute(GIVE_UP, [error, now, *claim])


def ask_again(connection: Connection[Any], user_id: UserId, run_id: RunId) -> RunAttempt | None:
    """Queue a failed or dead run again, of the user or of the installation.

    Returns the attempt that was the last so far; None where the run is in another state.
    """
    with connection.cursor(row_factory=class_row(RunAttempt)) as cursor:
        return cursor.execute(AGAIN, [user_id, run_id]).fetchone()
