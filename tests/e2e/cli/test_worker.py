"""Workers as processes: stopped, beside each other, and over a server that restarts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE

import pytest

from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.postgres import embedded
from coach.engine.store import job_runs, users
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.imports import runs
from coach.engine.store.job_runs import JobRun
from coach.model.accounts import User

PATIENCE_S = 100.0
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
TERMINATED = 143
BEHIND = "insert into conclusion_state (user_id, stored, concluded) values (%s, 1, 0)"
ALIVE = "select from procrastinate_workers"
Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Return what starts a worker, beside others; none outlives its test."""
    started: list[Process] = []

    def worker(*words: str) -> Process:
        environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(home)}
        command = [sys.executable, "-m", "coach", "worker", *words]
        process = subprocess.Popen(command, env=environment, text=True, stdout=PIPE, stderr=PIPE)
        started.append(process)
        return process

    yield worker
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def connection(home: Path) -> Iterator[CoachConnection]:
    with connect(embedded.ensure_running(embedded.DatabaseHome(home / "data"))) as found:
        found.execute("truncate run, procrastinate_jobs cascade")
        yield found


@pytest.fixture
def user(connection: CoachConnection) -> User:
    found = users.find(connection, "local")
    assert found is not None
    return found


def ask(connection: CoachConnection, user: User, number: int = 0) -> JobOrder:
    order = JobOrder("score.bias", {"number": number}, f"number {number}")
    assert queue.enqueue(connection, user.id, order, NOON)
    return order


def stored(connection: CoachConnection, user: User, order: JobOrder) -> JobRun:
    found = job_runs.find(connection, user.id, order.id)
    assert found is not None
    return found


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that within a minute"
        time.sleep(0.1)


def ended(process: Process) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S * 2)
    return process.returncode, out, err


def test_a_worker_that_is_told_to_stop_stops(connection: CoachConnection, start: Start) -> None:
    before = connection.execute(ALIVE).rowcount
    process = start()
    wait_for(lambda: connection.execute(ALIVE).rowcount > before)
    process.send_signal(signal.SIGTERM)
    assert ended(process) == (TERMINATED, "", "")


def test_what_takes_long_is_handed_back_by_a_worker_that_stops(
    connection: CoachConnection, user: User, start: Start
) -> None:
    """Another coach imports, and the run has to wait for its turn."""
    connection.execute(BEHIND, [user.id])
    assert runs.hold_import_lock(connection, user.id, 1)
    order = ask(connection, user)
    process = start()
    wait_for(lambda: stored(connection, user, order).state == "running")
    process.send_signal(signal.SIGTERM)
    assert ended(process) == (TERMINATED, "", "")
    back = stored(connection, user, order)
    assert (back.state, back.attempt, back.tries) == ("queued", 1, 0)
    runs.free_import_lock(connection, user.id)
    assert ended(start("--once")) == (0, "", "")
    assert (stored(connection, user, order).state, back.id) == ("done", order.id)
    assert stored(connection, user, order).attempt == 2


def test_two_workers_do_each_run_once(
    connection: CoachConnection, user: User, start: Start
) -> None:
    both = [start(), start()]
    orders = [ask(connection, user, number) for number in range(20)]
    states = "select state, attempt from run where kind = 'score.bias'"
    wait_for(lambda: {*connection.execute(states).fetchall()} == {("done", 1)})
    for process in both:
        process.send_signal(signal.SIGTERM)
    assert [ended(process) for process in both] == [(TERMINATED, "", "")] * 2
    assert {stored(connection, user, order).attempt for order in orders} == {1}
    waiting = "select count(*) from procrastinate_jobs where queue_name = 'runs'"
    assert connection.execute(waiting).fetchone() == (0,)


def test_a_worker_goes_on_after_its_server_was_killed(home: Path, user: User, start: Start) -> None:
    place = embedded.DatabaseHome(home / "data")
    process = start()
    with connect(embedded.ensure_running(place)) as before:
        wait_for(lambda: before.execute(ALIVE).rowcount > 0)
    pid = embedded.state(place).pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: not embedded.state(place).running)
    with connect(embedded.ensure_running(place)) as after:
        order = ask(after, user, 99)
        wait_for(lambda: stored(after, user, order).state == "done")
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == TERMINATED
