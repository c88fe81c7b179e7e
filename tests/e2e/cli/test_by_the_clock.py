"""Workers that are started at the same moment, as cron does on two machines."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

from tests.e2e.cli.conftest import PATIENCE, environment

Coach = Callable[..., CompletedProcess[str]]
WORKERS = 3
ONCE = [sys.executable, "-m", "coach", "worker", "--once"]


def test_workers_that_are_started_together_make_what_is_due_once(
    coach: Coach, home: Path, statement: Path
) -> None:
    assert coach("import", "csv", str(statement)).returncode == 0
    started = [
        Popen(ONCE, env=environment(home), stdout=PIPE, stderr=PIPE, text=True)
        for _ in range(WORKERS)
    ]
    ended = [(*one.communicate(timeout=PATIENCE), one.returncode) for one in started]
    assert ended == [("", "", 0)] * WORKERS
    jobs = json.loads(coach("jobs", "--json").stdout)["data"]
    [digest] = [job for job in jobs if job["kind"] == "digest.weekly"]
    assert (digest["state"], digest["attempt"]) == ("done", 1)
    told = coach("events", "--type", "digest.ready").stdout.splitlines()
    assert [json.loads(line)["payload"]["week"] for line in told] == [digest["label"]]
    again = coach("worker", "--once")
    assert (again.returncode, again.stdout) == (0, "")
    assert json.loads(coach("jobs", "--json").stdout)["data"] == jobs
