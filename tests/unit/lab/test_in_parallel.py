"""Work shared out among processes comes back whole and in order."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.engine.jobs.in_parallel import in_parallel
from coach.errors import CoachError
from coach.model.machine.own_process import own_process

KILLED = """
import os, signal, sys, time
from coach.engine.jobs.in_parallel import in_parallel
from coach.model.machine.own_process import own_process

def work(item):
    time.sleep(0.05)
    with open(sys.argv[1], "a") as file:
        file.write("x")

def tell(done, of):
    if done == 4:
        os.kill(os.getpid(), signal.SIGKILL)

with own_process():
    in_parallel(work, range(200), 2, tell)
"""


@pytest.fixture(autouse=True)
def _ours() -> Iterator[None]:
    """In a process of our own; what a foreign one is spared is tested in the house."""
    with own_process():
        yield


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_answer_is_that_of_one_worker(workers: int) -> None:
    heard: list[int | None] = []
    found = in_parallel(lambda item: item * item, range(11), workers, lambda *n: heard.extend(n))
    assert found == [item * item for item in range(11)]
    assert heard == [n for done in range(1, 12) for n in (done, 11)]


def test_more_workers_than_work_do_no_harm() -> None:
    assert in_parallel(str, [1, 2], 8, lambda *_: None) == ["1", "2"]
    assert in_parallel(str, [], 8, lambda *_: None) == []


def test_what_the_work_holds_is_shared() -> None:
    held = {"large": 7}
    assert in_parallel(lambda item: held["large"] + item, [1, 2], 2, lambda *_: None) == [8, 9]


def test_a_worker_that_dies_is_told() -> None:
    def work(item: int) -> int:
        if item == 3:
            os._exit(9)
        return item

    with pytest.raises(CoachError, match="ended with 9"):
        in_parallel(work, range(6), 2, lambda *_: None)


def test_workers_end_soon_after_the_process_that_was_killed(tmp_path: Path) -> None:
    """Each would write a hundred times, and hold open what the process had open."""
    file = tmp_path / "work"
    done = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert done.returncode == -9
    before, size = -1, 0
    while before < size:
        time.sleep(0.5)
        before, size = size, file.stat().st_size
    assert size < 100
