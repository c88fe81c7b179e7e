"""SIGTERM and SIGINT at any moment: 143 or 130, at most one line, and never a traceback of ours."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import pytest

from tests.e2e.faults.conftest import environment

RUNNER = Path(__file__).with_name("signal_at.py")
ENDS = {
    "SIGTERM": (143, "coach: terminated\n"),
    "SIGINT": (130, "coach: interrupted\n"),
}
LINES = {
    "version": ["--version"],
    "status": ["status"],
    "import": ["import", "csv", "mine.csv"],
}
LONGEST_DELAY_S = 0.6
AT_ONCE = 2
A_MOMENT_S = 0.1
MUCH = pytest.param(40, marks=pytest.mark.slow)


def run(home: Path, *words: str) -> CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def last_moment(used_home: Path) -> Callable[[str, str], int]:
    """Return a function that counts the moments of a line; the first run compiles, and has more."""

    @cache
    def count(how: str, line: str) -> int:
        words = [str(RUNNER), "SIGTERM", how, "0", *LINES[line]]
        run(used_home, "-m", "coach", *LINES[line])
        return int(run(used_home, *words).stderr.splitlines()[-1])

    return count


@pytest.mark.parametrize("draws", [2, MUCH])
@pytest.mark.parametrize("moments", list(product(["status", "import"], ["import", "code"])))
@pytest.mark.parametrize("name", ENDS)
def test_a_signal_at_any_byte_code_ends_with_its_code(
    used_home: Path,
    last_moment: Callable[[str, str], int],
    name: str,
    moments: tuple[str, str],
    draws: int,
) -> None:
    line, how = moments
    last = last_moment(how, line) * 9 // 10  # some modules are not loaded every time
    dice = random.Random(f"{name} {line} {how} {draws}")
    chosen = [dice.randint(1, last) for _ in range(draws)]

    def at(moment: int) -> CompletedProcess[str]:
        return run(used_home, str(RUNNER), name, how, str(moment), *LINES[line])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(at, chosen))
    code, said = ENDS[name]
    odd = {
        moment: (one.returncode, one.stderr)
        for moment, one in zip(chosen, ended, strict=True)
        if one.returncode != code or one.stderr not in {"", said}
    }
    assert odd == {}


@pytest.mark.parametrize("draws", [3, MUCH])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", ENDS)
def test_a_signal_after_any_delay_ends_with_its_code(
    used_home: Path, name: str, line: str, draws: int
) -> None:
    """Or with 0 where the command was done; what Python does before it knows of us is its own."""
    dice = random.Random(f"{name} {line} {draws}")
    delays = [dice.uniform(0, LONGEST_DELAY_S) for _ in range(draws)]

    def after(delay_s: float) -> tuple[int, str]:
        with Popen(
            [sys.executable, "-m", "coach", *LINES[line]],
            env=environment(used_home),
            cwd=used_home,
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        ) as process:
            time.sleep(delay_s)
            process.send_signal(signal.Signals[name])
            _, said = process.communicate(timeout=120)
        return process.returncode, said

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(after, delays))
    code, said = ENDS[name]
    fine = {(0, ""), (code, ""), (code, said), (-signal.Signals[name], "")}
    odd = [one for one in ended if one not in fine and not is_before_coach(one[1])]
    assert odd == []


def is_before_coach(said: str) -> bool:
    """Say whether a traceback comes from Python's own start: no line of ours had run."""
    return "Traceback" in said and "coach/cli" not in said and "coach/__main__" not in said


STUCK = """
import ctypes, sys
from coach.cli.signals import Termination
termination = Termination()
library = ctypes.CDLL(None)
mutex = ctypes.create_string_buffer(64)
with termination.listening(), termination.held_while(lambda: {busy}):
    termination.begin()
    print("now", flush=True)
    library.pthread_mutex_lock(mutex)
    library.pthread_mutex_lock(mutex)
"""
SWALLOWING = """
from coach.cli.signals import Termination
termination = Termination()
class Finalizer:
    def __del__(self):
        print("now", flush=True)
        for _ in range(10_000_000):
            pass
with termination.listening():
    termination.begin()
    Finalizer()
    try:
        while True:
            pass
    except BaseException as ended:
        print(type(ended).__name__)
"""
DEAF = """
import time
from coach.cli.signals import Termination
termination = Termination()
with termination.listening():
    termination.begin()
    while True:
        try:
            print("now", flush=True)
            time.sleep(60)
        except BaseException:
            pass
"""
IMPORTING = """
import time
print("now", flush=True)
time.sleep(0.5)
whole = True
"""
LOADER = """
from coach.cli.signals import Termination
termination = Termination()
with termination.listening():
    termination.begin()
    try:
        import slow_module
    except BaseException as ended:
        print(type(ended).__name__)
    try:
        while True:
            pass
    except BaseException as ended:
        print(type(ended).__name__, slow_module.whole)
"""


class Child:
    """A script that says `now` on its first line, and what came of a signal sent to it then."""

    def __init__(self, script: str, folder: Path) -> None:
        self.process = Popen(
            [sys.executable, "-c", script],
            stdout=PIPE,
            stderr=PIPE,
            text=True,
            env={"PYTHONPATH": f"{folder}:{':'.join(sys.path)}"},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "now\n"

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        time.sleep(A_MOMENT_S)
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def children() -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    for child in made:
        child.process.kill()
        child.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_foreign_code_that_does_not_return_is_no_way_to_stay(
    number: signal.Signals, tmp_path: Path, children: list[Child]
) -> None:
    children.append(Child(STUCK.format(busy=False), tmp_path))
    began = time.monotonic()
    code, _, said = children[0].end(number)
    assert (code, said) == ENDS[number.name]
    assert time.monotonic() - began < 50  # it would sleep for a minute


def test_an_open_transaction_holds_sigterm_back_in_foreign_code_too(
    tmp_path: Path, children: list[Child]
) -> None:
    children.append(Child(STUCK.format(busy=True), tmp_path))
    children[0].process.send_signal(signal.SIGTERM)
    time.sleep(2)
    assert children[0].process.poll() is None


def test_a_finalizer_that_swallows_the_exception_delays_the_end_and_says_nothing(
    tmp_path: Path, children: list[Child]
) -> None:
    children.append(Child(SWALLOWING, tmp_path))
    code, out, said = children[0].end(signal.SIGTERM)
    assert (code, out, said) == (0, "Terminated\n", "")


@pytest.mark.slow
def test_whoever_takes_the_exception_for_an_error_is_ended(
    tmp_path: Path, children: list[Child]
) -> None:
    children.append(Child(DEAF, tmp_path))
    code, _, said = children[0].end(signal.SIGTERM)
    assert (code, said) == ENDS["SIGTERM"]


def test_a_module_that_is_loading_is_loaded_whole(tmp_path: Path, children: list[Child]) -> None:
    (tmp_path / "slow_module.py").write_text(IMPORTING)
    children.append(Child(LOADER, tmp_path))
    assert children[0].end(signal.SIGTERM) == (0, "Terminated True\n", "")
