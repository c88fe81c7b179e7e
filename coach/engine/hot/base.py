"""What may be lost: cached answers, claims that hold for a while, buckets of tokens.

Promises of every hot store:
- a value is there until its time to live is over, by the clock of the store's server;
- of all who claim a key at once, one gets it, until the claim's time to live is over;
- tokens are taken whole or not at all, and who gets none hears how long to wait.

It refuses to be a record: everything in it may be gone after a crash, an eviction or a flush.
What must be right is written to the store, in a transaction.
"""

from dataclasses import dataclass
from typing import Protocol

LARGEST_VALUE = 1 << 20
LONGEST_KEY = 512
LONGEST_TTL_S = 30 * 86_400
SHORTEST_TTL_S = 0.001
SHORTEST_WAIT_S = 0.001
ROUNDING = 1e-6
"""Of a token: what sums of fractions may be off."""


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """Holds `capacity` tokens, is full at first and gains `per_second` until it is full again."""

    capacity: float
    per_second: float


@dataclass(frozen=True, slots=True)
class DayBucket:
    """Holds `capacity` tokens, and is filled up at midnight UTC."""

    capacity: float


AnyBucket = TokenBucket | DayBucket


@dataclass(frozen=True, slots=True)
class TokenDraw:
    """What came of asking for tokens: 0 or the seconds to wait, and how many are in the bucket."""

    wait_s: float
    left: float


@dataclass(frozen=True, slots=True)
class DatedClaim:
    """Whether a key is ours now, and the second since which claims beside its mark are kept."""

    first: bool
    since: int


class NonceStore(Protocol):
    """Knows what was used once, and since when it knows. Each call may raise HotStoreDown.

    A store that lost a claim lost its mark as well, or says by its mark that it began later.
    """

    def claim_dated(self, mark: str, key: str, now_s: int, ttl_s: float) -> DatedClaim:
        """Claim a key as `claim` does; `mark` keeps when the first claim beside it was made.

        That is a second of the caller's clock, `now_s`. It is kept for 30 days after the last one.
        """

    def close(self) -> None:
        """Give its connections back."""


class HotStore(Protocol):
    """Redis or a table that no crash preserves. Each call may raise HotStoreDown.

    Keys are the caller's, at most 512 bytes; values at most 1 MiB; times to live between a
    millisecond and 30 days. What does not fit is a ValueError.
    """

    def get(self, key: str) -> bytes | None:
        """Return the value, None when there is none or its time is over."""

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds, instead of what was there."""

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours: nobody claimed it in the last `ttl_s` seconds."""

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens and return 0, or take none and return the seconds to wait."""

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        """Take tokens as `take` does, and return what is left as well."""

    def forget(self, beginning: str) -> None:
        """Forget every value, claim and bucket whose key begins so; an empty bucket is full."""

    def close(self) -> None:
        """Give its connections back; it makes new ones where it is asked again."""


def check_key(key: str) -> None:
    """Raise ValueError unless every store can hold the key."""
    if not 0 < len(key.encode()) <= LONGEST_KEY or "\0" in key:
        raise ValueError(f"a key has 1 to {LONGEST_KEY} bytes and no NUL")


def check_value(value: bytes) -> None:
    """Raise ValueError for a value that is too large."""
    if len(value) > LARGEST_VALUE:
        raise ValueError(f"{len(value)} bytes are more than {LARGEST_VALUE}")


def check_ttl(ttl_s: float) -> None:
    """Raise ValueError unless the time to live is between a millisecond and 30 days."""
    if not SHORTEST_TTL_S <= ttl_s <= LONGEST_TTL_S:
        raise ValueError(f"{ttl_s} s is no time to live")


def check_bucket(bucket: AnyBucket, tokens: float) -> None:
    """Raise ValueError for tokens that this bucket could never give."""
    if not 0 < tokens <= bucket.capacity:
        raise ValueError(f"{tokens} tokens never come out of a bucket of {bucket.capacity}")
    if isinstance(bucket, TokenBucket) and not bucket.per_second > 0:
        raise ValueError("a bucket that is not refilled")
