"""Whether a source runs from old to new or from new to old, learnt from its times."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Literal

Direction = Literal[1, 0, -1]
"""1: the oldest row comes first; -1: the newest; 0: its times do not tell."""

MOST_AGAINST = 0.1
"""A file sorted by symbol jumps back now and then; more than this share of jumps tells nothing."""


def direction_of(times: Iterable[datetime]) -> Direction:
    """Return the direction in which these times run, in the order of their rows."""
    forward = backward = 0
    for earlier, later in pairwise(times):
        forward += later > earlier
        backward += later < earlier
    if backward <= MOST_AGAINST * forward and forward:
        return 1
    if forward <= MOST_AGAINST * backward and backward:
        return -1
    return 0
