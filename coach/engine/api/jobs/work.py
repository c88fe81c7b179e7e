"""Working off the queue: a worker with its handlers and its periodic tasks."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.jobs.handlers import handle
from coach.engine.api.jobs.schedule import periodic_tasks
from coach.engine.api.jobs.workplace import Workplace
from coach.engine.jobs.sign_of_life import sign_of_life
from coach.engine.outbox import partitions
from coach.engine.store import users
from coach.engine.store.queue import failures
from coach.errors import NotFound
from coach.model.accounts import INSTALLATION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.session import Session
    from coach.engine.periodic.possible import PeriodicWishes
    from coach.engine.store.connect import CoachConnection
    from coach.engine.store.queue.asked import ClaimedRun
    from coach.engine.store.queue.failures import FailedRun
    from coach.model.accounts import UserId
    from coach.model.events import Json
    from coach.model.machine.clock import Ticks


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """What a worker is made from.

    `session_of` opens the session of the user of that name over a connection; an empty name stands
    for the user in the settings.
    """

    url: str
    connect: Callable[[], CoachConnection]
    clock: Callable[[], datetime]
    session_of: Callable[[CoachConnection, str], Session]
    candle_places: Callable[[], CandlePlaces]
    wishes: PeriodicWishes
    ticks: Callable[[], Ticks | None]


def work(
    place: WorkerPlace,
    *,
    once: bool,
    on_ready: Callable[[], None],
    warn: Callable[[str], None],
    state: Path | None = None,
) -> int:
    """Do queued runs until a signal comes, and return its number.

    DatabaseTrouble where less than a month is open ahead for events.

    With `once` what is due is done, and 0 returned when nothing is left that may begin now. In the
    folder `state` it gives a sign of life.
    """
    from coach.engine.jobs.worker import Worker, WorkerSetup

    def perform(connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        session = place.session_of(connection, _name_of(connection, run.user_id))
        with _reach_of(connection, run):
            return handle(Workplace(session, place.candle_places, place.wishes), run)

    with place.connect() as connection:
        partitions.refuse_without_months(connection, place.clock())
    tasks = periodic_tasks(place.wishes, place.ticks)
    setup = WorkerSetup(place.url, place.connect, place.clock, perform, tasks, warn)
    sign = None if once or state is None else sign_of_life(state)
    return Worker(setup, on_ready, sign).run(once=once)


def failures_since(place: WorkerPlace, moment: datetime) -> list[FailedRun]:
    """Return the runs of workers that failed for good from that moment on, of all users."""
    with place.connect() as connection:
        return failures.failed_since(connection, moment)


def _reach_of(connection: CoachConnection, run: ClaimedRun) -> AbstractContextManager[None]:
    """Keep the work for a user to the rows of that user; a run of the installation reaches all."""
    if run.user_id == INSTALLATION:
        return nullcontext()
    return connection.confined_to(run.user_id)


def _name_of(connection: CoachConnection, user_id: UserId) -> str:
    """Return the name of a run's user, empty for the installation; NotFound for one who is gone."""
    name = users.name_of(connection, user_id)
    if not name and user_id != INSTALLATION:
        raise NotFound(kind="user", name=user_id)
    return name
