"""Two workers on one server behave as one: on a server of coach's own and on one that is given."""

import json
import signal
import time

import httpx2

from coach.engine.store.connect import CoachConnection
from tests.integration.jobs.conftest import RUNS, Process, Start

PATIENCE_S = 100.0
TERMINATED = 143
SERVE = ("serve", "--port", "0", "--no-worker", "--json")
STATES = (
    "select state, attempt, tries, count(*) from run where kind = 'score.bias' group by 1, 2, 3"
)
LEFT = "select count(*) from procrastinate_jobs where queue_name = 'runs'"
MOVED = "select count(*) from event_outbox where type = 'zone.changed'"
KEY = {"Idempotency-Key": "5f0c6b1e-1111-4222-8333-abcdefabcdef"}


def wait_until_done(asked: CoachConnection) -> None:
    """Wait until every run was done, each by its first attempt."""
    deadline = time.monotonic() + PATIENCE_S
    while asked.execute(STATES).fetchall() != [("done", 1, 1, RUNS)]:
        assert time.monotonic() < deadline, asked.execute(STATES).fetchall()
        time.sleep(0.1)


def ended(process: Process) -> tuple[str, int]:
    """End a process by SIGTERM; return what it said, and with which code it ended."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE_S)
    return said, process.returncode


def test_two_workers_do_each_run_once(asked: CoachConnection, start: Start) -> None:
    workers = [start(home, "worker") for home in ("one", "two")]
    wait_until_done(asked)
    assert [ended(process) for process in workers] == [("", TERMINATED)] * 2
    assert asked.execute(LEFT).fetchone() == (0,)


def test_two_servers_beside_two_workers_give_one_answer(
    asked: CoachConnection, start: Start
) -> None:
    """What is sent to one server again through the other has one effect."""
    for home in ("one", "two"):
        start(home, "worker")
    urls = [url_of(start(home, *SERVE)) for home in ("three", "four")]
    answers = [
        httpx2.put(f"{url}/api/zone", json={"zone": "Asia/Tokyo"}, headers=KEY, timeout=PATIENCE_S)
        for url in urls
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert ["Idempotency-Replayed" in answer.headers for answer in answers] == [False, True]
    assert asked.execute(MOVED).fetchone() == (1,)
    wait_until_done(asked)
    jobs = [httpx2.get(f"{url}/api/jobs", timeout=PATIENCE_S).json()["data"] for url in urls]
    states = [{(one["state"], one["attempt"]) for one in found} for found in jobs]
    assert states == [{("done", 1)}, {("done", 1)}]


def url_of(server: Process) -> str:
    """Return where a server listens, once it does."""
    assert server.stdout is not None
    told = json.loads(server.stdout.readline())
    return str(told["data"]["url"])
