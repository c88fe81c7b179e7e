"""A breaker: after some failures in a row nobody is asked for a while."""

from collections.abc import Callable
from threading import Lock
from typing import Final

FAILURES: Final = 3
REST_S: Final = 30.0


class Breaker:
    """Counts failures of one service in this process; `ticks` counts seconds."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._lock = Lock()
        self._failures = 0
        self._rests_until = 0.0

    def rests(self) -> bool:
        """Say whether to leave the service alone; when the rest is over one failure renews it."""
        with self._lock:
            return self._ticks() < self._rests_until

    def note(self, *, failed: bool) -> None:
        """Count an attempt."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES:
                self._rests_until = self._ticks() + REST_S
