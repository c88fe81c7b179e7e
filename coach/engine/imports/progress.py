"""How far an import is: to the face at once, to its run and the outbox at most once a second.

Nobody sees the import's own transaction before it ends, so its progress is written in small
transactions of a second connection, which a short import never opens and which reaches the rows of
the import's user alone. The import itself changes the row of its run only after its last row was
read, so the two never wait for each other.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta

from coach.engine.imports.run import ImportOrder, Now
from coach.engine.store import job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import RunAttempt
from coach.model.bookkeeping.import_events import ImportProgress

A_PAUSE = timedelta(seconds=1)


class Reporter:
    """Reports the number of rows read."""

    def __init__(self, total: int | None, face: Callable[[int, int | None], None] | None) -> None:
        self._total = total
        self._face = face
        self._connect: Callable[[], CoachConnection] | None = None
        self._connection: CoachConnection | None = None
        self._ending = ExitStack()
        self._order: ImportOrder | None = None
        self._claim: RunAttempt | None = None
        self._clock: Now | None = None
        self._last_written: datetime | None = None

    @contextmanager
    def reporting(
        self,
        connect: Callable[[], CoachConnection] | None,
        order: ImportOrder,
        clock: Now,
        claim: RunAttempt | None = None,
    ) -> Iterator[None]:
        """Write it down too for as long as this lasts; not when `connect` is None.

        `claim` is the attempt of the worker that imports, None where no worker does.
        """
        self._connect, self._order, self._clock, self._claim = connect, order, clock, claim
        self._last_written = clock()
        with self._ending:
            yield

    def report(self, rows: int) -> None:
        """Report the number of rows read so far."""
        if self._face is not None:
            self._face(rows, self._total)
        if self._connect is None or self._clock is None or self._last_written is None:
            return
        now = self._clock()
        if now - self._last_written >= A_PAUSE:
            self._last_written = now
            self._write(rows, now)

    def _write(self, rows: int, now: datetime) -> None:
        assert self._connect is not None
        assert self._order is not None
        user_id = self._order.user.id
        if self._connection is None:
            self._connection = self._ending.enter_context(closing(self._connect()))
            self._ending.enter_context(self._connection.confined_to(user_id))
        event = ImportProgress(run_id=self._order.run_id, rows=rows, of=self._total)
        with unit_of_work(self._connection, user_id, lambda: now) as events:
            attempt = self._claim or RunAttempt(user_id, self._order.run_id, 0)
            job_runs.note_progress(self._connection, attempt, rows, self._total)
            events.append(event)
