"""A worker: a process that does queued runs, one after the other, and what is due by the clock.

Several may run beside each other, on one machine or on several. procrastinate brings the entries of
its queue (NOTIFY, and a look every few seconds); what an entry means is said by the row of its run.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from coach.engine.jobs import queue
from coach.engine.jobs.attempt import Clock, Connect, Perform, attempt
from coach.engine.jobs.carrier import DO_RUN, PERIODIC, RUNS, app_of_worker
from coach.engine.jobs.heartbeat import heartbeat
from coach.engine.jobs.kinds import LIMITS
from coach.engine.jobs.periodic import PeriodicTask
from coach.engine.jobs.run import reason_of
from coach.engine.jobs.time_limit import process_ends_after
from coach.engine.store.queue import asked
from coach.engine.store.queue.asked import ClaimedRun
from coach.errors import DatabaseTrouble
from coach.model.accounts import RunAttempt, RunId, UserId

GRACE_S = 8.0
"""How long a run may go on after a signal before it is handed back; docker kills after 10 s."""
PATIENCE_S = 60.0
"""How long a worker is without a database before it gives up."""
TIME_TO_END = timedelta(minutes=2)
"""How long a run that took too long may go on without its session before its process ends."""
AGAIN_S = 5.0
PAUSE_S = 1.0
POLL_S = 2.0
STOPPED = "handed back by a worker that was stopped"
END_PROCESS = "select pg_terminate_backend(%s)"


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """What a worker works with: the database, the clock, what does a run, and what is periodic.

    `warn` hears in a sentence of a periodic task that failed.
    """

    url: str
    connect: Connect
    clock: Clock
    perform: Perform
    periodic: tuple[PeriodicTask, ...]
    warn: Callable[[str], None]


class RunUnderWay(NamedTuple):
    """A run that this process does now, and the process of the server that works for it."""

    run: ClaimedRun
    server_process: int


@dataclass(slots=True)
class Worker:
    """One worker's process; `number` is the signal that stops it, `sign` its sign of life."""

    setup: WorkerSetup
    on_ready: Callable[[], None]
    sign: Path | None = None
    number: int = 0
    _working: dict[RunAttempt, RunUnderWay] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def run(self, *, once: bool) -> int:
        """Work until a signal comes and return its number; with `once`, 0 when nothing is due.

        DatabaseTrouble where the database does not answer for a minute.
        """
        asyncio.run(self._run(once=once))
        return self.number

    def stop(self, number: int) -> None:
        """Take no more runs; the one under way has a little time, then it is handed back."""
        first, self.number = not self.number, number
        for task in self._tasks:
            task.cancel()
        if first:
            loop = asyncio.get_running_loop()
            loop.call_later(GRACE_S, self._hand_back_soon)
            loop.call_later(GRACE_S + AGAIN_S, self._cancel_again)
        else:
            self._hand_back_soon()

    def _cancel_again(self) -> None:
        """Cancel what goes on: the first time may have been lost, as procrastinate says itself."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            asyncio.get_running_loop().call_later(AGAIN_S, self._cancel_again)

    async def _run(self, *, once: bool) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, number)
        if once:
            for task in self.setup.periodic:
                await asyncio.to_thread(do_periodic, task, self.setup)
        self.on_ready()
        since = monotonic()
        while not self.number:
            app = self._app(once=once)
            try:
                async with app.open_async(), heartbeat(self.sign):
                    since = monotonic()
                    await self._work(app, once=once)
            except (ConnectorException, psycopg.OperationalError) as trouble:
                if monotonic() - since > PATIENCE_S:
                    what = "it has not answered for a minute"
                    raise DatabaseTrouble(what=what, remedy="look_closer") from trouble
            if once:
                return
            await self._pause()

    def _app(self, *, once: bool) -> App:
        app = app_of_worker(self.setup.url)
        app.task(name=DO_RUN)(self._do_run)
        for one in self.setup.periodic if not once else ():
            by_the_clock = app.task(name=f"coach.{one.name}", queue=PERIODIC)
            app.periodic(cron=one.cron)(by_the_clock(by_timestamp(one, self.setup)))
        return app

    async def _work(self, app: App, *, once: bool) -> None:
        """Work off each queue by itself, so that no long run delays what is periodic."""
        if self.number:
            return
        queues = [RUNS] if once else [RUNS, PERIODIC]
        self._tasks = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[name],
                    wait=not once,
                    fetch_job_polling_interval=POLL_S,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            for name in queues
        ]
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for one in ended:
            if isinstance(one, Exception):
                raise one

    async def _pause(self) -> None:
        self._tasks = [asyncio.create_task(asyncio.sleep(PAUSE_S))]
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _do_run(self, user_id: UserId, run_id: RunId, after: int) -> None:
        """Bring an entry of the queue to its run, in a thread of its own."""
        do_attempt((user_id, run_id, after), self.setup, self._working)

    def _hand_back_soon(self) -> None:
        if self._working:
            asyncio.get_running_loop().run_in_executor(None, self._hand_back)

    def _hand_back(self) -> None:
        """Queue again what is under way, and end its session with the database."""
        for run, process in list(self._working.values()):
            with self.setup.connect() as connection:
                now = self.setup.clock()
                if asked.put_back(connection, run.claim, STOPPED, now, run.tries - 1):
                    queue.carry_left_behind(connection, now)
                connection.execute(END_PROCESS, [process])


def do_attempt(
    wanted: tuple[UserId, RunId, int], setup: WorkerSetup, working: dict[RunAttempt, RunUnderWay]
) -> None:
    """Make the next attempt at a run, and note meanwhile that it is under way.

    The process ends where the run goes on although it has lost its session.
    """
    with ExitStack() as until_over:

        def note(run: ClaimedRun, process: int) -> None:
            working[run.claim] = RunUnderWay(run, process)
            until_over.callback(working.pop, run.claim, None)
            longest = LIMITS[run.kind].longest + TIME_TO_END
            until_over.enter_context(process_ends_after(longest))

        attempt(setup.connect, wanted, setup.perform, setup.clock, note)


def by_timestamp(task: PeriodicTask, setup: WorkerSetup) -> Callable[[int], None]:
    """Return a periodic task as procrastinate calls it: with the second for which it is due."""

    def do(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate names it
        do_periodic(task, setup)

    return do


def do_periodic(task: PeriodicTask, setup: WorkerSetup) -> None:
    """Do a periodic task; what goes wrong is told, and tried again when it is due again."""
    try:
        with setup.connect() as connection:
            task.do(connection, setup.clock())
    except Exception as trouble:  # noqa: BLE001 -- the next task is done all the same
        setup.warn(f"the periodic task {task.name} failed: {reason_of(trouble)}")
