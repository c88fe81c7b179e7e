"""A call is waited for so long and no longer, and the one who waits hears signals meanwhile."""

import signal
import threading
import time
from types import FrameType

import pytest

from coach.brokers.net.deadline import DeadlineExceeded, run_within


class Told(Exception):
    pass


def test_what_a_call_returns_or_raises_is_passed_on() -> None:
    assert run_within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        run_within(60, lambda: 1 // 0)


def test_a_call_that_is_late_is_left_behind() -> None:
    over = threading.Event()
    with pytest.raises(DeadlineExceeded):
        run_within(0.05, lambda: over.wait(5))
    over.set()


def test_a_signal_is_heard_while_a_call_does_not_come_back() -> None:
    def tell(_number: int, _frame: FrameType | None) -> None:
        raise Told

    over, before = threading.Event(), signal.signal(signal.SIGALRM, tell)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        began = time.monotonic()
        with pytest.raises(Told):
            run_within(20, lambda: over.wait(20))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        over.set()
    assert time.monotonic() - began < 15
