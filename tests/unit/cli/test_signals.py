"""SIGTERM waits for the open transaction, and for nothing else."""

import importlib
import os
import signal
import sys
from time import sleep

import pytest

from coach.cli.signals import Terminated, Termination
from coach.cli.watchdog import ASK_AGAIN_S


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


def test_an_import_is_not_cut_in_two() -> None:
    """The exception comes when the module is whole, and not as an error of the import."""
    termination = Termination()
    termination.listen()
    finder = Terminator()
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module("this_module_is_nowhere")
    except ModuleNotFoundError:
        assert finder.asked
    finally:
        sys.meta_path.remove(finder)
    with pytest.raises(Terminated):
        termination.check()


class Terminator:
    """A finder of modules in which SIGTERM arrives."""

    asked = False

    def find_spec(self, _name: str, _path: object = None, _target: object = None) -> None:
        self.asked = True
        terminate()


def test_an_ignored_interrupt_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Termination().listening():
            os.kill(os.getpid(), signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_whoever_had_the_signals_has_them_again() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with Termination().listening():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_signal_that_somebody_else_took_is_not_asked_for_again() -> None:
    came: list[int] = []
    termination = Termination()
    with termination.listening():
        termination.begin()
        before = signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
        terminate()
        sleep(ASK_AGAIN_S / 5)
        signal.signal(signal.SIGTERM, before)
        sleep(ASK_AGAIN_S * 4)
    assert (came, termination.number) == ([signal.SIGTERM], None)


def test_nothing_is_raised_once_the_command_has_come_to_its_end() -> None:
    termination = Termination()
    with termination.listening():
        termination.settled = True
        terminate()
        termination.check()
    assert termination.number == signal.SIGTERM


def test_a_signal_that_comes_before_anybody_awaits_it_is_raised_when_somebody_does() -> None:
    termination = Termination()
    with termination.listening():
        terminate()
        with pytest.raises(Terminated):
            termination.begin()
