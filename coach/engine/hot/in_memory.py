"""The hot store of one process: the same promises, by the clock it is given.

It stands in while the shared one is down, and in tests. Of values the newest MOST_VALUES are kept.
"""

from collections.abc import Callable, MutableMapping
from threading import Lock
from typing import TypeVar

from coach.engine.hot.base import (
    ROUNDING,
    SHORTEST_WAIT_S,
    AnyBucket,
    DatedClaim,
    TokenBucket,
    TokenDraw,
    check_bucket,
    check_key,
    check_ttl,
    check_value,
)
from coach.model.times import DAY_S

T = TypeVar("T")

MOST_VALUES = 256
SWEPT_FROM = 1_024
"""From so many claims on those whose time is over are forgotten whenever their number doubled."""
MOST_BUCKETS = 10_000
"""Then the one that was unused for longest is forgotten, and full again."""


class MemoryHotStore:
    """See HotStore. `clock` counts seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._values: dict[str, tuple[bytes, float]] = {}
        self._claims: dict[str, float] = {}
        self._swept_at = SWEPT_FROM
        self._marks: dict[str, int] = {}
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def close(self) -> None:
        """Do nothing: it has no connections."""

    def get(self, key: str) -> bytes | None:
        """Return the value, None when there is none or its time is over."""
        check_key(key)
        value, ends = self._values.get(key, (b"", 0))
        return value if ends > self._clock() else None

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds, instead of what was there."""
        check_key(key)
        check_value(value)
        check_ttl(ttl_s)
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = (value, self._clock() + ttl_s)
            if len(self._values) > MOST_VALUES:
                del self._values[next(iter(self._values))]

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours: nobody claimed it in the last `ttl_s` seconds."""
        check_key(key)
        check_ttl(ttl_s)
        with self._lock:
            now = self._clock()
            if self._claims.get(key, now) > now:
                return False
            self._claims[key] = now + ttl_s
            if len(self._claims) > self._swept_at:
                self._claims = {key: ends for key, ends in self._claims.items() if ends > now}
                self._swept_at = max(SWEPT_FROM, 2 * len(self._claims))
            return True

    def claim_dated(self, mark: str, key: str, now_s: int, ttl_s: float) -> DatedClaim:
        """Claim a key and return since when claims are kept; see NonceStore."""
        check_key(mark)
        with self._lock:
            since = self._marks.setdefault(mark, now_s)
        return DatedClaim(self.claim(key, ttl_s), since)

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens and return 0, or take none and return the seconds to wait."""
        return self.draw(key, bucket, tokens).wait_s

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        """Take tokens as `take` does, and return what is left as well."""
        check_key(key)
        check_bucket(bucket, tokens)
        with self._lock:
            now = self._clock()
            left = _refilled(bucket, *self._buckets.get(key, (bucket.capacity, now)), now)
            if left >= tokens - ROUNDING:
                left = max(0.0, left - tokens)
                self._keep(key, left, now)
                return TokenDraw(0.0, left)
        if isinstance(bucket, TokenBucket):
            return TokenDraw(max(SHORTEST_WAIT_S, (tokens - left) / bucket.per_second), left)
        return TokenDraw(DAY_S - now % DAY_S, left)

    def forget(self, beginning: str) -> None:
        """Forget every value, claim and bucket whose key begins so."""
        check_key(beginning)
        with self._lock:
            _forget(self._values, beginning)
            _forget(self._claims, beginning)
            _forget(self._buckets, beginning)
            _forget(self._marks, beginning)

    def _keep(self, key: str, left: float, now: float) -> None:
        self._buckets.pop(key, None)
        self._buckets[key] = (left, now)
        if len(self._buckets) > MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]


def _forget(kept: MutableMapping[str, T], beginning: str) -> None:
    for key in [key for key in kept if key.startswith(beginning)]:
        del kept[key]


def _refilled(bucket: AnyBucket, left: float, at: float, now: float) -> float:
    if isinstance(bucket, TokenBucket):
        return min(bucket.capacity, left + bucket.per_second * (now - at))
    return bucket.capacity if now // DAY_S > at // DAY_S else min(bucket.capacity, left)
