"""A job: long work under an id of its own, with a state, attempts, progress and a result.

The id follows from the work's kind and request, so that the same work asked for again is a further
attempt at one run. The row is written before the work begins and closed when it ends, in whatever
process it runs. A run that still counts as running was cut off, or goes on elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from psycopg.pq import TransactionStatus

from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.store.imports.runs import run_id
from coach.engine.store.job_runs import JobKind
from coach.errors import CoachError
from coach.model.accounts import RunId, UserId
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
        return run_id(self.kind, canonical_json(self.request).decode())


@dataclass(slots=True)
class RunningJob:
    """The job that is under way in a block of `job_run`."""

    connection: CoachConnection
    user_id: UserId
    order: JobOrder
    clock: Clock
    attempt: int
    result: dict[str, Json] = field(default_factory=dict)
    noted_at: datetime | None = None
    finished: bool = False

    def note_progress(self, done: int, of: int | None) -> None:
        """Write how far the job is, at most once a second.

        Within a transaction nothing is written: nobody would see it before the end.
        """
        now = self.clock()
        recently = self.noted_at is not None and now - self.noted_at < PAUSE
        if recently or self.connection.info.transaction_status != TransactionStatus.IDLE:
            return
        self.noted_at = now
        job_runs.note_progress(self.connection, self.user_id, self.order.id, done, of)

    def finish(self, result: dict[str, Json]) -> None:
        """Close the run with its result in the very transaction that keeps the work.

        For work that is not done again once it is kept; other work leaves its `result`.
        """
        self.result = result
        job_runs.finish(self.connection, self.user_id, self.order.id, result, self.clock())
        self.finished = True


@contextmanager
def job_run(
    connection: CoachConnection, user_id: UserId, order: JobOrder, clock: Clock
) -> Iterator[RunningJob]:
    """Open the run of this order; the block does the work and leaves its `result`.

    Where the block raises the run has failed, and the error goes on.
    """
    run = (order.id, order.kind, order.label)
    attempt = job_runs.start(connection, user_id, run, clock())
    job = RunningJob(connection, user_id, order, clock, attempt)
    try:
        yield job
    except BaseException as trouble:
        if connection.info.transaction_status == TransactionStatus.IDLE:
            job_runs.fail(connection, user_id, order.id, _in_short(trouble), clock())
        raise
    if not job.finished:
        job_runs.finish(connection, user_id, order.id, job.result, clock())


def _in_short(trouble: BaseException) -> str:
    """Return what to keep of an error: its message where it is ours, else its type alone."""
    return str(trouble) if isinstance(trouble, CoachError) else type(trouble).__name__
