"""At most so many new trades on one day of the trader's time zone.

A trade counts on the day it was opened; adding to an open one is no new trade. Each entry
past the limit is one breach. Entries of one microsecond stand in order of their trade id.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.local_time import places_in_day
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, count

if TYPE_CHECKING:
    from coach.model.insights import Fact

DAY_ZERO = date(1970, 1, 1).toordinal()


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry past the limit, with its place in the day."""
    limit = count(params, "limit")
    days = ground.entry_days
    places = ground.once("places", lambda: places_in_day(days))
    for row in np.flatnonzero(places > limit).tolist():
        place = int(places[row])
        facts: dict[str, Fact] = {
            "date": date.fromordinal(DAY_ZERO + int(days[row])).isoformat(),
            "zone": ground.zone,
            "count": place,
            "limit": limit,
            "margin": place - limit,
        }
        yield ground.entry(row, facts)
