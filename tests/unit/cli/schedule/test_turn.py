"""A lock is held by whoever works, and by nobody who is gone."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from coach.cli.schedule.turn import turn
from coach.errors import Locked

HOLD = """
import sys
from pathlib import Path
from coach.cli.schedule.turn import turn
with turn(Path(sys.argv[1]), 0, "process 4711: coach digest"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Popen[str]]:
    """A process that holds the lock until it is killed."""
    words = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_goes_with_a_holder_that_is_killed(holder: Popen[str], tmp_path: Path) -> None:
    with pytest.raises(Locked, match="process 4711: coach digest"), turn(tmp_path / "lock", 0, ""):
        pass
    holder.kill()
    holder.wait()
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
