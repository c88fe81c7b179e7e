"""Local time and days of a time zone, for many moments at once.

A zone's offset is asked at the two ends of each UTC day that holds a moment; where they
differ the second of the change is searched for. So the work grows with the days traded
on, not with the trades. A UTC day with two changes that cancel out is not foreseen: the
zone database has none since 1970.
"""

from zoneinfo import ZoneInfo

import numpy as np

from coach.engine.features.zones import change, offset, zone_named
from coach.engine.statistics.arrays import Integers
from coach.model.times import DAY_S, SECOND_US


def local_days(moments_us: Integers, zone: str) -> Integers:
    """Return each moment's local date, as days since 1970-01-01.

    Moments are microseconds since 1970 UTC, in any order; both arrays are (n,).
    """
    return local_seconds(moments_us, zone) // DAY_S


def local_seconds(moments_us: Integers, zone: str) -> Integers:
    """Return what each moment's local clock reads, as seconds since 1970-01-01 00:00 there."""
    seconds = moments_us // SECOND_US
    starts, offsets = _offsets(zone_named(zone), sorted({*(seconds // DAY_S).tolist()}))
    if len(seconds) == 0:
        return seconds
    stretch = np.searchsorted(starts, seconds, side="right") - 1
    return seconds + offsets[stretch]


def _offsets(zone: ZoneInfo, days: list[int]) -> tuple[Integers, Integers]:
    """Return where stretches of one offset begin in these UTC days, and the offsets."""
    starts: list[int] = []
    offsets: list[int] = []
    for day in days:
        first, past = day * DAY_S, (day + 1) * DAY_S
        starts.append(first)
        offsets.append(offset(zone, first))
        if offset(zone, past) != offsets[-1]:
            starts.append(change(zone, first, past))
            offsets.append(offset(zone, past))
    return np.array(starts, np.int64), np.array(offsets, np.int64)
