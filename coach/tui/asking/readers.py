"""Threads for what is only read: nobody waits for them when the program is left.

A pool of the standard library is joined at the end of the process, and a reading may take long.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any


class ReaderThreads:
    """So many threads that take work one after the other."""

    def __init__(self, count: int) -> None:
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        for number in range(count):
            Thread(target=self._take, name=f"coach-ask-{number}", daemon=True).start()

    def submit(self, work: Callable[[], Any]) -> "Future[Any]":
        """Let a thread do some work; the future has what it returns or raises."""
        future = Future[Any]()
        self._work.put((future, work))
        return future

    def _take(self) -> None:
        while True:
            future, work = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as trouble:  # noqa: BLE001 -- whoever waits for it gets it
                future.set_exception(trouble)
            else:
                future.set_result(result)
