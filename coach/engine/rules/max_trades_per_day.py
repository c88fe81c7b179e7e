"""At most so many new trades on one day of the trader's time zone.

A trade counts on the day it was opened; adding to an open one is no new trade. Each entry
past the limit is one breach. Entries of one microsecond stand in order of their trade id.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from coach.engine.features.days import local_days
from coach.engine.features.history import History
from coach.engine.rules.breach import entry_breach
from coach.engine.statistics.arrays import Integers
from coach.model.insights import Fact
from coach.model.rules import Breach, Rule

DAY_ZERO = date(1970, 1, 1).toordinal()


def breaches(rule: Rule, history: History, zone: str) -> Iterator[Breach]:
    """Yield a breach for each entry past the limit, with its place in the day."""
    limit = rule.params["limit"]
    assert isinstance(limit, int)
    days = local_days(history.opened_us, zone)
    places = _places(days)
    for row in np.flatnonzero(places > limit).tolist():
        facts = _facts(int(days[row]), zone, int(places[row]), limit)
        yield entry_breach(rule, history.trips[row], facts)


def _places(days: Integers) -> Integers:
    """Return which entry of its day each one is, from 1."""
    order = np.argsort(days, kind="stable")
    grouped = days[order]
    places = np.empty(len(days), np.int64)
    places[order] = np.arange(1, len(days) + 1) - np.searchsorted(grouped, grouped, side="left")
    return places


def _facts(day: int, zone: str, count: int, limit: int) -> dict[str, Fact]:
    return {
        "date": date.fromordinal(DAY_ZERO + day).isoformat(),
        "zone": zone,
        "count": count,
        "limit": limit,
        "margin": count - limit,
    }
