"""A process whose work takes longer than its limit is ended by the kernel, whatever it is at."""

import subprocess
import sys
from datetime import timedelta
from signal import ITIMER_REAL, SIGALRM, getitimer

import pytest

from coach.engine.jobs.time_limit import process_ends_after

PATIENCE_S = 60
HOUR_S = 3600
PROGRAM = """
import re, time
from datetime import timedelta
from coach.engine.jobs.time_limit import process_ends_after
with process_ends_after(timedelta(seconds={limit})):
    {work}
print("over")
"""
IN_ONE_CALL = 're.match("(a+)+$", "a" * 60 + "b")'
"""Never returns to Python, so that no other thread and no signal handler ever runs."""


def run(limit: float, work: str) -> tuple[int, str]:
    program = PROGRAM.format(limit=limit, work=work)
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("work", ["while True: pass", IN_ONE_CALL])
def test_work_that_is_stuck_ends_with_its_process(work: str) -> None:
    assert run(0.1, work) == (-SIGALRM, "")


def test_after_work_in_time_nothing_is_limited() -> None:
    with process_ends_after(timedelta(hours=1)):
        assert 0 < getitimer(ITIMER_REAL)[0] <= HOUR_S
    assert getitimer(ITIMER_REAL) == (0, 0)


def test_after_work_that_failed_nothing_is_limited() -> None:
    with pytest.raises(KeyError), process_ends_after(timedelta(hours=1)):
        raise KeyError
    assert getitimer(ITIMER_REAL) == (0, 0)
