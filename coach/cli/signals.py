"""SIGTERM and SIGINT: a command ends at a clean moment, with 143 or 130.

A signal handler runs between any two byte codes, and an exception from there is not safe
everywhere: inside an import it comes out as ImportError or leaves half a module behind, and a
finalizer swallows it. So the handler raises outside of imports alone, and SIGTERM waits for an
open transaction. Until the command has ended the watchdog asks the handler again.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

from coach.cli.watchdog import Watchdog

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

IMPORTING = "<frozen importlib"


class Terminated(BaseException):
    """SIGTERM came and no partial changes were made."""


def never() -> bool:
    """Say that nothing is in the making."""
    return False


class Termination:
    """What became of the signals that ask this process to end.

    `number` is the signal that came last. `raised` is the exception that was raised for it, and
    `raised_at` when; it is None again where the exception was swallowed. Once `settled`, the
    command has come to its end and nothing is raised any more.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self.raised: BaseException | None = None
        self.raised_at: float | None = None
        self.settled = False
        self._busy: Callable[[], bool] = never

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals over until the block ends, and see to it that the process ends.

        Within the block nothing is raised before `begin`: call it where the exception is awaited.
        """
        self.settled = True
        hook, sys.unraisablehook = sys.unraisablehook, self._notice_swallowed
        before = self.listen()
        try:
            with Watchdog(self).watching():
                yield
        finally:
            self.settled = True
            for number, handler in before.items():
                signal.signal(number, handler)
            sys.unraisablehook = hook

    def begin(self) -> None:
        """Raise from now on; a signal that came before is raised at once."""
        self.settled = False
        self.check()

    def listen(self) -> dict[signal.Signals, "signal._HANDLER"]:
        """Take the signals over and return who had them; an ignored SIGINT stays ignored."""
        wanted = [signal.SIGTERM]
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            wanted.append(signal.SIGINT)
        return {number: signal.signal(number, self._arrive) for number in wanted}

    def listens_to(self, number: int) -> bool:
        """Return whether nobody else has taken this signal over since."""
        return signal.getsignal(number) == self._arrive

    @contextmanager
    def held_while(self, busy: Callable[[], bool]) -> Iterator[None]:
        """Within the block, let SIGTERM wait for `busy` to end before going."""
        self._busy = busy
        try:
            yield
        finally:
            self._busy = never
        self.check()

    def holds(self, number: int) -> bool:
        """Return whether the signal waits for an open transaction."""
        return number == signal.SIGTERM and self._busy()

    def check(self) -> None:
        """Go now if a signal came and nothing holds it back."""
        if self.number is None or self.settled or self.raised_at is not None:
            return
        if not self.holds(self.number):
            self.raised_at = monotonic()
            self.raised = Terminated() if self.number == signal.SIGTERM else KeyboardInterrupt()
            raise self.raised

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        if not _is_importing(frame):
            self.check()

    def _notice_swallowed(self, args: "UnraisableHookArgs") -> None:
        if isinstance(args.exc_value, KeyboardInterrupt | Terminated):
            self.raised_at = None
        else:
            sys.__unraisablehook__(args)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return False
