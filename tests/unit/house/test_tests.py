"""What no test may depend on: the day, the shell that started it, the language of the machine."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CLOCK = re.compile(
    r"datetime\.(?:now|today|utcnow)\(|date\.today\(|\btime\.time\b|\btime\.(?:local|gm)time\("
    r"|from time import .*\b(?:time|localtime|gmtime)\b"
)
READERS = {"tests/clock.py", "tests/unit/house/test_tests.py"}
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGCHLD)
STATUS = Path("/proc/self/status")
SHUT_OFF = f"""
import os, signal, sys
numbers = {[int(number) for number in SIGNALS]}
for number in numbers:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
os.execv(sys.argv[1], sys.argv[1:])
"""
ONE_TEST = f"{Path(__file__)}::test_what_a_test_starts_ignores_and_blocks_no_signal"


def test_only_one_file_of_the_tests_reads_the_clock(root: Path, own_files: list[Path]) -> None:
    """A test that does is told what to do by tests/clock.py."""
    tests = {path.relative_to(root).as_posix(): path for path in own_files if "tests" in path.parts}
    readers = {
        name
        for name, path in tests.items()
        if path.suffix == ".py" and CLOCK.search(path.read_text())
    }
    assert readers == READERS


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells what a process ignores")
def test_what_a_test_starts_ignores_and_blocks_no_signal() -> None:
    ended = subprocess.run(["cat", STATUS], stdout=subprocess.PIPE, text=True, check=True)
    told = dict(line.split(":\t", 1) for line in ended.stdout.splitlines() if ":\t" in line)
    assert [of_mask(told[name]) for name in ("SigIgn", "SigBlk")] == [set(), set()]


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells what a process ignores")
@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_nor_where_the_shell_ignores_and_blocks_them(workers: str) -> None:
    command = [sys.executable, "-c", SHUT_OFF, sys.executable, "-m", "pytest", "-q", workers]
    ended = subprocess.run([*command, ONE_TEST], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.count("1 passed")) == (0, 1), ended.stdout


def of_mask(mask: str) -> set[signal.Signals]:
    """Return those of our signals that stand in a mask of /proc."""
    bits = int(mask, 16)
    return {number for number in SIGNALS if bits >> (number - 1) & 1}
