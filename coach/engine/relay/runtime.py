"""What all streams of a process share: the tail, a few threads that read, and the clock."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from coach.engine.relay.readers import MOST
from coach.engine.relay.stream import STALLED_S
from coach.engine.relay.tail import Tail

P = ParamSpec("P")
T = TypeVar("T")


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, thread_name_prefix="coach-streams")


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

    async def in_thread(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do work that waits, in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, lambda: work(*given, **named))
