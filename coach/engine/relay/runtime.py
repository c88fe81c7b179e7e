"""What all streams of a process share: the tail, a few threads that read, and the clock."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Lock
from typing import ParamSpec, TypeVar

from coach.engine.relay.readers import MOST
from coach.engine.relay.stream import STALLED_S
from coach.engine.relay.tail import Tail

P = ParamSpec("P")
T = TypeVar("T")


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, thread_name_prefix="coach-streams")


class LoopCalls:
    """Calls from other threads into event loops, each of which is woken once for many of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[asyncio.AbstractEventLoop, list[Callable[[], None]]] = {}

    def add(self, loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
        """Let a loop make a call soon; one that has ended makes none."""
        with self._lock:
            waiting = self._waiting.setdefault(loop, [])
            waiting.append(call)
            if len(waiting) > 1:
                return
        try:
            loop.call_soon_threadsafe(self._make, loop)
        except RuntimeError:
            self._take(loop)

    def _make(self, loop: asyncio.AbstractEventLoop) -> None:
        for call in self._take(loop):
            call()

    def _take(self, loop: asyncio.AbstractEventLoop) -> list[Callable[[], None]]:
        with self._lock:
            return self._waiting.pop(loop, [])


@dataclass(slots=True)
class StreamRuntime:
    """The tail, and as many threads as there are connections for reading.

    `ticks` returns seconds of a clock that does not go back; `draining` says that the process ends.
    `patience_s` is for one frame to be taken by a follower that does not read.
    """

    tail: Tail
    ticks: Callable[[], float]
    draining: bool = False
    patience_s: float = STALLED_S
    threads: ThreadPoolExecutor = field(default_factory=_threads)
    calls: LoopCalls = field(default_factory=LoopCalls)

    async def in_thread(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do work that waits, in one of the threads, in the context of whoever asks."""
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self.threads, lambda: context.run(work, *given, **named))
