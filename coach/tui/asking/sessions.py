"""Questions to the engine: each in a thread of its own kind, in a session of its own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from coach import wiring
from coach.tui.asking.readers import ReaderThreads

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.session import Session
    from coach.settings.values import Settings

Answer = TypeVar("Answer")
READERS = 3


class SessionThreads:
    """Threads that ask; what one of them raises is raised for who asked."""

    def __init__(self, settings: "Settings") -> None:
        self.settings = settings
        self._readers = ReaderThreads(READERS, settings)
        self._writer = ThreadPoolExecutor(1, "coach-write")

    async def begin(self) -> str:
        """Do what a process does first, and return the user's zone; NotInitialised where empty."""
        return await asyncio.wrap_future(self._readers.submit(lambda _: self._begin()))

    async def ask(self, work: "Callable[[Session], Answer]") -> Answer:
        """Read something."""
        return await asyncio.wrap_future(self._readers.submit(lambda kept: kept.ask(work)))

    async def change(self, work: "Callable[[Session], Answer]") -> Answer:
        """Change something, one change after the other; the database is made where there is none.

        It is done whatever becomes of the screen that asked for it.
        """
        task = asyncio.wrap_future(self._writer.submit(partial(self._with_new_home, work)))
        return await asyncio.shield(task)

    async def look(self, work: "Callable[[Settings], Answer]") -> Answer:
        """Read something for which no session is needed."""
        return await asyncio.wrap_future(self._readers.submit(lambda _: work(self.settings)))

    async def do(self, work: "Callable[[Settings], Answer]") -> Answer:
        """Do something for which no session is needed, in turn with changes."""
        task = asyncio.wrap_future(self._writer.submit(partial(work, self.settings)))
        return await asyncio.shield(task)

    def close(self) -> None:
        """Wait for changes that were begun, and let none begin; what is read is left as it is."""
        self._writer.shutdown(wait=True)
        self._readers.close()

    def _begin(self) -> str:
        with wiring.start(self.settings) as session:
            return self.settings.shown_zone or session.user.zone

    def _with_new_home(self, work: "Callable[[Session], Answer]") -> Answer:
        with wiring.start(self.settings, create=True) as session:
            return work(session)
