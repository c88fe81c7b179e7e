"""The first signal ends watching in order, the second at once, and hooks that still run with it."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import FrameType

import pytest

from coach.cli.watching.hook import RunningHooks, end_hook, run_hook
from coach.cli.watching.warners import Warners
from coach.cli.watching.watch import Ending, _signals, line_of
from tests.unit.cli.watching.test_hook import BREACH

SLEEPS = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(60)"
BOTH = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Take both signals over, as the command line does, and return those that came."""
    came: list[int] = []

    def arrive(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, arrive) for number in BOTH}
    yield came
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", BOTH)
def test_the_second_signal_goes_to_whom_it_belonged(heard: list[int], number: int) -> None:
    ending = Ending()
    with _signals(ending):
        signal.raise_signal(number)
        assert (ending.now(), heard) == (True, [])
        signal.raise_signal(number)
        assert heard == [number]


def test_without_a_signal_both_are_given_back(heard: list[int]) -> None:
    with _signals(Ending()):
        pass
    signal.raise_signal(signal.SIGTERM)
    assert heard == [signal.SIGTERM]


def test_a_hook_that_somebody_else_ends_is_over(tmp_path: Path) -> None:
    begun, running, told = tmp_path / "begun", RunningHooks(), list[str]()
    words = (sys.executable, "-c", SLEEPS, str(begun))
    thread = Thread(target=lambda: told.append(run_hook(words, "{}", 60, running)))
    thread.start()
    while not begun.exists() and thread.is_alive():
        thread.join(0.01)
    for process in (*running,):
        end_hook(process)
    thread.join(60)
    assert (told, running) == ([f"{sys.executable}: it ended with -9"], set())


def test_who_interrupts_waits_for_no_hook_and_hears_of_none(tmp_path: Path) -> None:
    begun, complaints = tmp_path / "begun", list[str]()
    words = (sys.executable, "-c", SLEEPS, str(begun))
    warners = Warners(words, (), complaints.append)

    def interrupted() -> None:
        with warners.at_work() as warn:
            warn(BREACH, line_of(BREACH))
            while not begun.exists():
                warners.given_up.wait(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert warners.given_up.is_set()
    assert complaints == []


def test_in_order_every_hook_is_waited_for(tmp_path: Path) -> None:
    file, complaints = tmp_path / "written", list[str]()
    words = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w').close()", str(file))
    with Warners(words, (), complaints.append).at_work() as warn:
        warn(BREACH, line_of(BREACH))
    assert (file.exists(), complaints) == (True, [])
