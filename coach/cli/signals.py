"""SIGTERM: finish the open transaction, then go with 143."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """SIGTERM came and nothing is half done."""


def never() -> bool:
    """Say that nothing is in the making."""
    return False


class Termination:
    """Holds a SIGTERM back while a transaction is open."""

    def __init__(self) -> None:
        self._asked = False
        self._busy: Callable[[], bool] = never

    def listen(self) -> None:
        """Take SIGTERM over for this process."""
        signal.signal(signal.SIGTERM, self._arrive)

    @contextmanager
    def held_while(self, busy: Callable[[], bool]) -> Iterator[None]:
        """Within the block, wait for `busy` to end before going."""
        self._busy = busy
        try:
            yield
        finally:
            self._busy = never
        self.check()

    def check(self) -> None:
        """Go now if SIGTERM came and nothing is in the making."""
        if self._asked and not self._busy():
            self._asked = False
            raise Terminated

    def _arrive(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        self.check()
