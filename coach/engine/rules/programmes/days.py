"""The days of a prop-firm programme: cut at an hour of a zone, counted since its first day.

A day begins at the first moment at which the clock of the zone shows the hour. It has 23 or 25
hours where the clocks change, and an hour that comes twice begins one day, not two.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np

from coach.engine.features.days import local_seconds
from coach.engine.features.zones import zone_named
from coach.engine.rules.ground import Ground
from coach.engine.rules.params import Params, text
from coach.engine.rules.programmes.params import MIDNIGHT
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.statistics.arrays import Integers
from coach.model.times import DAY_S, HOUR_S, MINUTE_S, microseconds

EPOCH_DAY = date(1970, 1, 1)
EVER = -(1 << 60)


class ProgrammeDays(NamedTuple):
    """Days that begin `reset_s` seconds after midnight in a zone, from the moment `since_us` on."""

    zone: str
    reset_s: int
    since_us: int

    def of(self, moments_us: Integers) -> Integers:
        """Return the day of each moment, in days since 1970-01-01, (m,)."""
        if not len(moments_us):
            return moments_us
        days = (local_seconds(moments_us, self.zone) - self.reset_s) // DAY_S
        known, places = np.unique(days, return_inverse=True)
        following = [begin_us(day + 1, self.zone, self.reset_s) for day in known.tolist()]
        # an hour that comes twice: the day has begun with the first
        later: Integers = days + (moments_us >= np.array(following, np.int64)[places])
        return later

    def entries(self, rows: Integers, ground: Ground) -> Integers:
        """Return those of the rows that were opened on the first day or later."""
        chosen: Integers = rows[ground.history.opened_us[rows] >= self.since_us]
        return chosen

    def base(self, sums: RealisedSums) -> int:
        """Return how many amounts were realised before the first day."""
        return int(np.searchsorted(sums.at_us, self.since_us, side="left"))


def programme_days(params: Params, zone: str) -> ProgrammeDays:
    """Return the days of a rule; `zone` is the trader's, which counts where the rule names none."""
    name = text(params, "zone") or zone
    hours, minutes = (text(params, "reset") or MIDNIGHT).split(":")
    reset_s = int(hours) * HOUR_S + int(minutes) * MINUTE_S
    since = text(params, "since")
    if since is None:
        return ProgrammeDays(name, reset_s, EVER)
    first = (date.fromisoformat(since) - EPOCH_DAY).days
    return ProgrammeDays(name, reset_s, begin_us(first, name, reset_s))


def begin_us(day: int, zone: str, reset_s: int) -> int:
    """Return when a day begins, in microseconds since 1970 UTC; of two such moments the first."""
    there = datetime.combine(EPOCH_DAY + timedelta(days=day), time.min, zone_named(zone))
    return microseconds(there + timedelta(seconds=reset_s))
