"""A second thread has ended its work whenever its block is left, however it is left."""

import _thread
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from threading import main_thread
from time import sleep
from types import FrameType

import pytest

from coach.engine.jobs import second_thread as module
from coach.engine.jobs.second_thread import second_thread

STEPS = 3
WATCHED = {module.__file__, __file__}


class Interruption:
    """Raises KeyboardInterrupt before the byte code of a number, as a signal handler would."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.raised = False

    def __call__(self, frame: FrameType, event: str, _argument: object) -> "Interruption | None":
        if frame.f_code.co_filename not in WATCHED:
            return None
        frame.f_trace_opcodes = True
        self.number -= event == "opcode"
        if self.number == 0:
            sys.settrace(None)
            self.raised = True
            raise KeyboardInterrupt
        return self


def work_on(steps: list[str]) -> None:
    for _ in range(STEPS):
        steps.append("step")
        sleep(0.0001)


def work_beside(steps: list[str]) -> None:
    with second_thread() as thread:
        thread.begin(lambda: work_on(steps))
        thread.wait()


def interrupted_at(number: int, steps: list[str]) -> bool:
    """Interrupt a block with a second thread; return whether it lasted that long."""
    interruption, before = Interruption(number), sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # Python 3.12 asks before the trace is set
    with suppress(KeyboardInterrupt):
        sys.settrace(interruption)
        try:
            work_beside(steps)
        finally:
            sys.settrace(before)
    return interruption.raised


def wait_for_all(threads: int) -> None:
    """Wait until no more than so many threads run."""
    while _thread._count() > threads:
        sleep(0.0001)


def test_whenever_the_block_is_interrupted_nothing_is_done_after_it() -> None:
    threads = _thread._count()
    for number in count(1):
        steps: list[str] = []
        lasted = interrupted_at(number, steps)
        done = len(steps)
        wait_for_all(threads)
        assert (number, len(steps)) == (number, done)
        if not lasted:
            break
    assert number > STEPS
    assert len(steps) == STEPS


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt, whatever was set by a test before in this process."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("interruptible")
def test_a_wait_at_the_end_of_the_block_goes_on_when_it_is_interrupted() -> None:
    ended: list[bool] = []

    def interrupt_whoever_waits() -> None:
        for _ in range(STEPS):
            wait_until_waiting()
            signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
            sleep(0.001)
        ended.append(True)

    with pytest.raises(KeyboardInterrupt), second_thread() as thread:
        thread.begin(interrupt_whoever_waits)
    assert ended == [True]


def wait_until_waiting() -> None:
    """Return when the main thread waits at the end of its block."""
    while True:
        frame: FrameType | None = sys._current_frames()[main_thread().ident or 0]
        if frame is not None and frame.f_code.co_name == "_wait":
            return
        sleep(0.001)


def test_what_the_work_raises_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise ValueError("no room")

    with second_thread() as thread:
        thread.begin(fail)
        with pytest.raises(ValueError, match="no room"):
            thread.wait()


def test_a_block_without_work_leaves_no_thread() -> None:
    threads = _thread._count()
    with second_thread():
        while _thread._count() == threads:
            sleep(0.0001)
    wait_for_all(threads)
