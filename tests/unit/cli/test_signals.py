"""SIGTERM waits for the open transaction, and for nothing else."""

import os
import signal

import pytest

from coach.cli.signals import Terminated, Termination


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_sigterm_ends_what_is_at_rest() -> None:
    Termination().listen()
    with pytest.raises(Terminated):
        terminate()


def test_sigterm_waits_for_the_transaction() -> None:
    termination = Termination()
    termination.listen()
    done: list[str] = []

    def work() -> None:
        with termination.held_while(lambda: not done):
            terminate()
            done.append("committed")

    with pytest.raises(Terminated):
        work()
    assert done == ["committed"]


def test_an_error_inside_is_told_first() -> None:
    termination = Termination()
    with pytest.raises(ValueError, match="inside"), termination.held_while(lambda: True):
        raise ValueError("inside")
    termination.check()
