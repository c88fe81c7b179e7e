"""An evaluation is a job where a database answers, and needs none."""

import json
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import environment
from tests.e2e.conftest import WarmPython

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
"""The port of the discard service: nobody listens."""


@pytest.fixture
def fills(tmp_path: Path) -> str:
    """One trader, one trade."""
    file = tmp_path / "fills.csv"
    head = "trader,trade_id,time,symbol,side,qty,price,fee"
    rows = ("t,a,2026-04-01T09:00,BTC-USD,buy,1,100,0", "t,b,2026-04-01T10:00,BTC-USD,sell,1,99,0")
    file.write_text("\n".join([head, *rows]) + "\n")
    return str(file)


def test_an_evaluation_is_a_job_with_a_result(
    home: Path, warm_python: WarmPython, fills: str
) -> None:
    told = environment(home)
    assert warm_python.run(("db", "upgrade"), told, home).returncode == 0
    for _ in range(2):
        words = ("lab", "evaluate", "--fills", fills, "--days", "30")
        done = warm_python.run(words, told, home)
        assert (done.returncode, done.stderr) == (0, "")
    [job] = json.loads(warm_python.run(("jobs", "--json"), told, home).stdout)["data"]
    assert (job["kind"], job["label"], job["state"]) == ("evaluate.detectors", "fills.csv", "done")
    assert (job["attempt"], job["result"]) == (2, {"traders": 1, "targets": 0, "broken": 0})


def test_a_database_that_does_not_answer_is_a_warning(
    home: Path, warm_python: WarmPython, fills: str
) -> None:
    words = ("lab", "evaluate", "--fills", fills, "--days", "30", "--json")
    done = warm_python.run(words, environment(home, COACH_DATABASE_URL=NOWHERE), home)
    assert done.returncode == 0
    [warning] = json.loads(done.stdout)["warnings"]
    assert warning.startswith("this evaluation is not among the jobs: ")
