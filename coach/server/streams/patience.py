"""How long one write to a follower may take, without a timer for each of them."""

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import Self

LOOKS = 4
"""In the time that a write may take, so that one is ended a quarter too late at most."""
LONGEST_PAUSE_S = 1.0


class WriteLimit:
    """`async with`: the block ends with TimeoutError where one `write` takes too long.

    A timer of the whole block looks now and then at the write that is under way.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        self._look()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._timer is not None
        self._timer.cancel()
        await self._limit.__aexit__(kind, raised, traceback)

    async def write(self, writing: Awaitable[None]) -> None:
        """Write, and notice when that began."""
        self._since = self._loop.time()
        await writing
        self._since = None

    def _look(self) -> None:
        now = self._loop.time()
        if self._since is not None and now - self._since >= self._patience_s:
            self._limit.reschedule(now)
        pause = min(LONGEST_PAUSE_S, self._patience_s / LOOKS)
        self._timer = self._loop.call_later(pause, self._look)
