"""A lock is held by whoever works, and by nobody who is gone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.cli.schedule.turn import turn
from coach.errors import Locked


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[int]:
    """A process that holds the lock until it is killed."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        with turn(tmp_path / "lock", 0, "process 4711: coach digest"):
            os.write(tell, b".")
            signal.pause()
    os.read(ready, 1)
    yield pid
    os.close(ready)
    os.close(tell)


def test_a_lock_goes_with_a_holder_that_is_killed(holder: int, tmp_path: Path) -> None:
    with pytest.raises(Locked, match="process 4711: coach digest"), turn(tmp_path / "lock", 0, ""):
        pass
    os.kill(holder, signal.SIGKILL)
    os.waitpid(holder, 0)
    with turn(tmp_path / "lock", 0, ""):
        pass


def test_a_child_that_outlives_its_parent_keeps_the_lock(tmp_path: Path) -> None:
    with turn(tmp_path / "lock", 0, "the first") as handle:
        inherited = os.dup(handle)
    with pytest.raises(Locked), turn(tmp_path / "lock", 0, ""):
        pass
    os.close(inherited)
    with turn(tmp_path / "lock", 0, ""):
        pass
