"""Threads for what is only read: nobody waits for them when the program is left.

A pool of the standard library is joined at the end of the process, and a reading may take long.
"""

from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from coach.tui.asking.kept_sessions import KeptSessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.settings.values import Settings

Answer = TypeVar("Answer")
PATIENCE_S = 0.5
"""How long threads that are idle are waited for at the end."""


class ReaderThreads:
    """So many threads that take work one after the other, each with a connection of its own."""

    def __init__(self, count: int, settings: "Settings") -> None:
        self._settings = settings
        self._work: SimpleQueue[tuple[Future[Any], Callable[[KeptSessions], Any]] | None] = (
            SimpleQueue()
        )
        self._threads = [
            Thread(target=self._take, name=f"coach-ask-{number}", daemon=True)
            for number in range(count)
        ]
        for one in self._threads:
            one.start()

    def submit(self, work: "Callable[[KeptSessions], Answer]") -> "Future[Answer]":
        """Let a thread do some work with its sessions; the future has what comes of it."""
        future = Future[Answer]()
        self._work.put((future, work))
        return future

    def close(self) -> None:
        """Let each thread end once it has no work; those that are busy are left as they are."""
        for _ in self._threads:
            self._work.put(None)
        for one in self._threads:
            one.join(PATIENCE_S)

    def _take(self) -> None:
        sessions = KeptSessions(self._settings)
        while (taken := self._work.get()) is not None:
            future, work = taken
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work(sessions)
            except BaseException as trouble:  # noqa: BLE001 -- whoever waits for it gets it
                future.set_exception(trouble)
            else:
                future.set_result(result)
            del taken, future, work
        sessions.close()
