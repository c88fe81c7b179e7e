"""Which entries were seen, in eight bytes each: a million of them take a few megabytes.

Two different entries share a mark by chance once in 36 million readings of a million entries.
"""

import hashlib
from array import array
from bisect import bisect_left
from heapq import merge

from coach.brokers.coinbase.reading import Raw
from coach.model.canonical import canonical_json

MOST_RECENT = 50_000


def mark_of(entry: Raw) -> int:
    """Return an entry's mark: a hash of all that it says."""
    canonical = canonical_json(entry, "spaced", default=str)
    return int.from_bytes(hashlib.blake2b(canonical, digest_size=8).digest(), "big")


class SeenMarks:
    """A set of marks: the newest in a hash set, all others in one sorted array."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._sorted = array("Q")

    def __len__(self) -> int:
        return len(self._recent) + len(self._sorted)

    def __contains__(self, mark: int) -> bool:
        if mark in self._recent:
            return True
        place = bisect_left(self._sorted, mark)
        return place < len(self._sorted) and self._sorted[place] == mark

    def add(self, mark: int) -> None:
        """Add a mark that is not among them."""
        self._recent.add(mark)
        if len(self._recent) >= MOST_RECENT:
            self._sorted = array("Q", merge(self._sorted, sorted(self._recent)))
            self._recent.clear()
