"""A time limit for a call that minds no clock of its own.

A look-up of a name, a handshake or a library's own client cannot be told to stop. The call
therefore runs in a thread of its own, which is left behind when it is late; the thread that asked
only waits, so that a signal reaches it at once.
"""

from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class DeadlineExceeded(Exception):
    """The call was not over in time."""


def run_within(seconds: float, call: Callable[[], T]) -> T:
    """Return what the call returns or raise what it raises; DeadlineExceeded when it is late."""
    return BackgroundCall(call).result(seconds)


class BackgroundCall(Generic[T]):
    """A call that is on its way.

    Its thread is a daemon: a call that never ends does not keep the process alive.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._done = Event()
        self._returned: list[T] = []
        self._raised: BaseException | None = None
        Thread(target=self._run, name="coach-outside", daemon=True).start()

    def result(self, seconds: float) -> T:
        """Return or raise what the call does; raise DeadlineExceeded when it is late."""
        if not self._done.wait(seconds):
            raise DeadlineExceeded
        if self._raised is not None:
            raise self._raised
        return self._returned[0]

    def _run(self) -> None:
        try:
            self._returned.append(self._call())
        except BaseException as error:  # noqa: BLE001 -- it is raised again where somebody waits
            self._raised = error
        finally:
            self._done.set()
