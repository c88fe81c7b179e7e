"""A job: long work under an id of its own, with a state, attempts, progress and a result.

The id follows from the work's kind and request, so that the same work asked for again is a further
attempt at one run. The row is written before the work begins; it is closed with the result in the
transaction that keeps the work. While a session works on a run it holds a lock on it, so that a run
whose process died is told from one that goes on elsewhere (`fail_dead`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.pq import TransactionStatus

from coach.engine.jobs.kinds import LIMITS
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.store.imports.runs import run_id
from coach.errors import CoachError
from coach.model.accounts import JobKind, RunAttempt, RunId, UserId
from coach.model.canonical import canonical_json
from coach.model.events import Json

PAUSE = timedelta(seconds=1)
"""How often progress is written at most."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What is to be done: its kind, everything that it depends on, and a name for people."""

    kind: JobKind
    request: Mapping[str, Json]
    label: str = ""

    @property
    def id(self) -> RunId:
        """Return the id that this work has whenever it is asked for."""
        return run_id(LIMITS[self.kind].hashed_as, canonical_json(self.request).decode())


@dataclass(slots=True)
class RunningJob:
    """The job that is under way in a block of `job_run` or `under_way`."""

    connection: CoachConnection
    user_id: UserId
    id: RunId
    clock: Clock
    attempt: int = 0
    noted_at: datetime | None = None
    finished: bool = False

    @property
    def claim(self) -> RunAttempt:
        """Return which attempt at which run this is: what it writes is written for that one."""
        return RunAttempt(self.user_id, self.id, self.attempt)

    def note_progress(self, done: int, of: int | None) -> None:
        """Write how far the job is, at most once a second.

        Within a transaction nothing is written: nobody would see it before the end.
        """
        now = self.clock()
        recently = self.noted_at is not None and now - self.noted_at < PAUSE
        if recently or self.connection.info.transaction_status != TransactionStatus.IDLE:
            return
        self.noted_at = now
        job_runs.note_progress(self.connection, self.claim, done, of)

    def finish(self, result: Mapping[str, Json]) -> None:
        """Close the run with its result; the caller does so in the transaction of its work.

        Locked where another attempt has begun meanwhile: that transaction must not be kept.
        """
        job_runs.finish(self.connection, self.claim, result, self.clock())
        self.finished = True

    def refuse_unfinished(self) -> None:
        """Raise RuntimeError where the work has ended and nobody closed its run."""
        if not self.finished:
            raise RuntimeError("a job ended without finishing its run")


@contextmanager
def job_run(
    connection: CoachConnection, user_id: UserId, order: JobOrder, clock: Clock
) -> Iterator[RunningJob]:
    """Open the run of this order; the block does the work and finishes it.

    Where a worker has claimed the run for this connection, that attempt goes on.
    """
    with under_way(connection, user_id, order.id, clock) as job:
        if job.attempt == 0:
            named = (order.id, order.kind, order.label)
            job.attempt = job_runs.start(connection, user_id, named, order.request, clock())
        yield job


@contextmanager
def under_way(
    connection: CoachConnection, user_id: UserId, id_: RunId, clock: Clock
) -> Iterator[RunningJob]:
    """Show that this session works on a run while the block opens the row, works and finishes it.

    Where the block raises the run has failed, and the error goes on. Where a worker has claimed a
    run for this connection it is that run, and the worker says what becomes of it.
    Locked where another session works on the run for too long.
    """
    claim = connection.claim or RunAttempt(user_id, id_, 0)
    job_runs.hold(connection, claim.user_id, claim.run_id)
    job = RunningJob(connection, claim.user_id, claim.run_id, clock, claim.attempt)
    try:
        yield job
        job.refuse_unfinished()
        connection.claim = None
    except BaseException as trouble:
        if connection.claim is None and _can_be_told(connection):
            job_runs.fail(connection, job.claim, reason_of(trouble), clock())
        raise
    finally:
        if _can_be_told(connection):
            job_runs.release(connection, claim.user_id, claim.run_id)


def _can_be_told(connection: CoachConnection) -> bool:
    if connection.closed:
        return False
    return connection.info.transaction_status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}


def reason_of(trouble: BaseException) -> str:
    """Return what to keep of an error: its message where it is ours, else its type alone."""
    if not isinstance(trouble, Exception):
        return job_runs.INTERRUPTED
    return str(trouble) if isinstance(trouble, CoachError) else type(trouble).__name__
