"""Whether a sequence rises or falls: a file's times from old to new, or ids that count up."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Literal

Direction = Literal[1, 0, -1]
"""1: it rises, a file's oldest row comes first; -1: it falls; 0: neither."""

MOST_AGAINST = 0.1
"""A file sorted by symbol jumps back now and then; more than this share of jumps tells nothing."""


def direction_of(values: Iterable[datetime] | Iterable[int]) -> Direction:
    """Return the direction in which these values run."""
    rising = falling = 0
    for earlier, later in pairwise(values):
        rising += later > earlier  # type: ignore[operator]
        falling += later < earlier  # type: ignore[operator]
    return direction_of_steps(rising, falling)


def direction_of_steps(rising: int, falling: int) -> Direction:
    """Return the direction of a sequence with so many rising and falling steps."""
    if rising and falling <= MOST_AGAINST * rising:
        return 1
    if falling and rising <= MOST_AGAINST * falling:
        return -1
    return 0
