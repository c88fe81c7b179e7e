"""A second thread for one piece of work, which is over whenever the block around it is left.

What works on a connection of the block's must not go on after the transaction around it: its next
statement would commit itself. The threads and executors of the standard library promise less: an
interruption of their `start`, `submit` or `shutdown` leaves a thread behind that still works.
"""

from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock

LOOK_AGAIN_S = 0.05
"""How often a thread that waits looks without having been woken."""


class SecondThread:
    """One piece of work in a thread beside the one that waits for it; see `second_thread`."""

    def __init__(self) -> None:
        self._handed_over: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._bell = Lock()
        self._bell.acquire()
        self._may_work = False
        self._over = False
        self._trouble: BaseException | None = None

    def start(self) -> None:
        """Start the thread, which waits for its work."""
        start_new_thread(self._run, ())

    def begin(self, work: Callable[[], None]) -> None:
        """Let the thread do this work; once only."""
        self._may_work = True
        self._handed_over.put(work)

    def wait(self) -> None:
        """Wait for the work that was begun, and raise what it raised."""
        self._wait()
        if self._trouble is not None:
            raise self._trouble

    def end(self) -> None:
        """Return when no work is done any more, however often the waiting is interrupted."""
        interruption: BaseException | None = None
        while True:
            try:
                self._handed_over.put(None)
                if self._may_work:
                    self._wait()
                break
            except BaseException as raised:  # noqa: BLE001 -- it is raised again when it may be
                interruption = raised
        if interruption is not None:
            raise interruption

    def _wait(self) -> None:
        while not self._over:
            self._bell.acquire(timeout=LOOK_AGAIN_S)

    def _run(self) -> None:
        try:
            work = self._handed_over.get()
            if work is not None:
                work()
        except BaseException as raised:  # noqa: BLE001 -- whoever waits raises it
            self._trouble = raised
        finally:
            self._over = True
            self._bell.release()


@contextmanager
def second_thread() -> Iterator[SecondThread]:
    """Yield a thread that has ended its work whenever the block is left.

    It runs before the block begins, so that no interruption meets a thread that is half started
    and has work.
    """
    thread = SecondThread()
    try:
        thread.start()
        yield thread
    finally:
        thread.end()
