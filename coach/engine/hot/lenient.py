"""A hot store that may be down: nothing is cached then, and it limits nobody.

For caches and for courtesy towards a server. Where a limit or a claim protects something, ask the
store itself and refuse when it is down.
"""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from coach.engine.hot.base import AnyBucket, HotStore
from coach.errors import HotStoreDown

T = TypeVar("T")

PAUSE_S = 30.0
"""A store that was down is left alone for so long: each try may cost a second."""


class LenientHotStore:
    """Answers "miss", "yours" and "no need to wait" while the store behind it is down.

    `warn` is told once, with the reason. `ticks` counts seconds from anywhere.
    """

    def __init__(
        self,
        behind: HotStore,
        warn: Callable[[str], None],
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._behind = behind
        self._warn = warn
        self._ticks = ticks
        self._warned = False
        self._again_at = float("-inf")

    def get(self, key: str) -> bytes | None:
        """Return the value; None when the store is down."""
        return self._or_else(None, lambda: self._behind.get(key))

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value; nothing when the store is down."""
        self._or_else(None, lambda: self._behind.put(key, value, ttl_s))

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours; it is when the store is down."""
        return self._or_else(True, lambda: self._behind.claim(key, ttl_s))

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens; there is no need to wait when the store is down."""
        return self._or_else(0.0, lambda: self._behind.take(key, bucket, tokens))

    def _or_else(self, lost: T, ask: Callable[[], T]) -> T:
        if self._ticks() < self._again_at:
            return lost
        try:
            return ask()
        except HotStoreDown as down:
            self._again_at = self._ticks() + PAUSE_S
            if not self._warned:
                self._warned = True
                self._warn(str(down))
            return lost
