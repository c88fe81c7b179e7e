"""The newest events of one user within this process, shared by all who follow that user."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import Condition

from coach.model.events import Event, StreamHead

KEPT = 512
"""Events at hand; who wants older ones reads them from the database."""


class Mailbox:
    """A user's place and newest events; one thread puts in, any number wait, watch and read."""

    def __init__(self, there: StreamHead) -> None:
        self._changed = Condition()
        self._there = there
        self._newest: deque[Event] = deque(maxlen=KEPT)
        self._watchers: list[Callable[[], None]] = []

    @property
    def there(self) -> StreamHead:
        """Return the epoch, the first number that is kept, and the last."""
        with self._changed:
            return self._there

    def put(self, there: StreamHead, events: Sequence[Event] = ()) -> None:
        """Move on to what is there; `events` are the last ones up to it, in order.

        Where they leave some out, or the epoch is another one, those from before are forgotten.
        """
        with self._changed:
            first = events[0].seq if events else there.head + 1
            if there.epoch != self._there.epoch or first != self._there.head + 1:
                self._newest.clear()
            self._newest.extend(events)
            self._there = there
            self._changed.notify_all()
            watchers = list(self._watchers)
        for changed in watchers:
            changed()

    @contextmanager
    def watched(self, changed: Callable[[], None]) -> Iterator[None]:
        """Call `changed` after each `put`, in the thread that puts, while the block runs.

        It must not wait: all followers of the process are served by that thread.
        """
        with self._changed:
            self._watchers.append(changed)
        try:
            yield
        finally:
            with self._changed:
                self._watchers.remove(changed)

    def read(self, after: int, limit: int) -> list[Event]:
        """Return up to `limit` events after that number; none where they are not at hand."""
        with self._changed:
            if not self._newest or self._newest[0].seq > after + 1:
                return []
            skipped = after + 1 - self._newest[0].seq
            return list(islice(self._newest, skipped, skipped + limit))

    def wait(self, seen: StreamHead, timeout: float) -> StreamHead:
        """Wait until there is something else than what was seen, or the time is over."""
        with self._changed:
            if self._there == seen:
                self._changed.wait(timeout)
            return self._there
