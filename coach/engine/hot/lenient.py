"""A hot store that may be down: what this process remembers stands in for it.

For caches and for courtesy towards a server: other processes are not heard meanwhile. Where a
limit or a claim protects something, ask the store itself and refuse when it is down.
"""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from coach.engine.hot.base import AnyBucket, HotStore, TokenDraw
from coach.errors import HotStoreDown

T = TypeVar("T")

PAUSE_S = 30.0
"""A store that was down is left alone for so long: each try may cost a second."""


class LenientHotStore:
    """Asks `meanwhile`, a store of this process, while the store behind it is down.

    `warn` is told once, with the reason. `ticks` counts seconds from anywhere.
    """

    def __init__(
        self,
        behind: HotStore,
        meanwhile: HotStore,
        warn: Callable[[str], None],
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._behind = behind
        self._meanwhile = meanwhile
        self._warn = warn
        self._ticks = ticks
        self._warned = False
        self._again_at = float("-inf")

    def get(self, key: str) -> bytes | None:
        """Return the value, as far as the store that is up knows it."""
        return self._asked(lambda store: store.get(key))

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value in the store that is up."""
        self._asked(lambda store: store.put(key, value, ttl_s))

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours, as far as the store that is up knows."""
        return self._asked(lambda store: store.claim(key, ttl_s))

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens from the store that is up; its buckets are full when the other goes down."""
        return self._asked(lambda store: store.take(key, bucket, tokens))

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        """Draw tokens as `take` does, and return what is left as well."""
        return self._asked(lambda store: store.draw(key, bucket, tokens))

    def forget(self, beginning: str) -> None:
        """Forget it in both; HotStoreDown where the shared one does not answer."""
        self._meanwhile.forget(beginning)
        self._behind.forget(beginning)

    def close(self) -> None:
        """Give the connections of the store behind it back."""
        self._behind.close()

    def _asked(self, ask: Callable[[HotStore], T]) -> T:
        if self._ticks() < self._again_at:
            return ask(self._meanwhile)
        try:
            return ask(self._behind)
        except HotStoreDown as down:
            self._again_at = self._ticks() + PAUSE_S
            if not self._warned:
                self._warned = True
                self._warn(str(down))
            return ask(self._meanwhile)
