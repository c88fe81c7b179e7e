"""All streams of a process that serves many at once, over one tail and a few threads.

An event loop drives them: the thread of the tail wakes the streams of users who have news, and what
is read from the database is read in as many threads as there are connections for that.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from time import monotonic
from typing import Self

import psycopg

from coach.engine.outbox import devices
from coach.engine.relay.announcements import AnnouncementCount
from coach.engine.relay.credentials import CredentialWatch
from coach.engine.relay.devices import DeviceCursor
from coach.engine.relay.live import LiveStream
from coach.engine.relay.runtime import StreamRuntime
from coach.engine.relay.stream import SIGNED_OUT, Closed
from coach.engine.relay.tail import Tail
from coach.model.accounts import UserId
from coach.model.people.access import CredentialId

NO_CREDENTIAL = CredentialId("")
MOST_PER_USER = 64
"""Streams; whoever asks for more is told to come back."""
DRAIN_S = 5.0
"""For streams to say goodbye at the end of the process."""


class TooManyStreams(Exception):
    """A user has as many streams as one may have."""


class StreamHub:
    """The streams of one process; `with` closes it. The tail starts with the first stream."""

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection],
        clock: Callable[[], datetime],
        most_per_user: int = MOST_PER_USER,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self.credentials = CredentialWatch(clock)
        tail = Tail(connect, also_look=self.credentials.look)
        self.runtime = StreamRuntime(tail, ticks)
        self._clock = clock
        self._most = most_per_user
        self._streams: set[LiveStream] = set()
        self._left = asyncio.Event()
        self._ending: ExitStack | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the tail and the threads; the streams have ended before."""
        if self._ending is not None:
            self._ending.close()
        self.runtime.threads.shutdown()

    @property
    def open_streams(self) -> Counter[UserId]:
        """Return how many streams each user has."""
        return Counter(stream.user_id for stream in self._streams)

    @property
    def announced(self) -> AnnouncementCount:
        """Return how many events came, and how many of them no notification announced."""
        return self.runtime.tail.announced

    def most_behind(self) -> int:
        """Return how many events the slowest stream has not acknowledged. Any thread may ask."""
        return max((stream.behind for stream in tuple(self._streams)), default=0)

    @asynccontextmanager
    async def stream(
        self, user_id: UserId, device: str = "", credential: CredentialId = NO_CREDENTIAL
    ) -> AsyncIterator[LiveStream]:
        """Lend a new stream, whose acknowledgements are kept under the name of a device.

        It is closed once the credential, if there is one, no longer lets anybody in.
        TooManyStreams where the user has enough; Invalid for a name that is none.
        """
        if self.open_streams[user_id] >= self._most:
            raise TooManyStreams
        cursor = None
        if device:
            devices.check_name(device)
            cursor = DeviceCursor(self.runtime.tail.readers, user_id, device, self._clock)
        if self._ending is None:
            self._ending = ExitStack()
            self._ending.enter_context(self.runtime.tail)
        stream = LiveStream(self.runtime, user_id, cursor)
        self._streams.add(stream)
        try:
            with self._watched(stream, credential):
                yield stream
        finally:
            try:
                await stream.close()
            finally:
                self._streams.discard(stream)
                self._left.set()

    @contextmanager
    def _watched(self, stream: LiveStream, credential: CredentialId) -> Iterator[None]:
        """End the stream once its credential is over, while the block runs."""
        if not credential:
            yield
            return
        loop = asyncio.get_running_loop()

        def end() -> None:
            with suppress(RuntimeError):  # the loop has ended, and its streams with it
                loop.call_soon_threadsafe(stream.end, Closed(SIGNED_OUT, "signed out"))

        with self.credentials.watched(credential, end):
            yield

    async def drain(self) -> None:
        """Tell every stream that the process ends, and wait a little until all have said so."""
        self.runtime.draining = True
        for stream in self._streams:
            stream.look_again()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._streams:
                    self._left.clear()
                    await self._left.wait()
