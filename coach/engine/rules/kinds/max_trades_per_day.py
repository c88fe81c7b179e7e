"""A maximum of new trades per day of the trader's time zone.

A trade counts on the day it was opened; adding to an open one is no new trade. Each entry
past the limit is one breach. Entries of one microsecond stand in order of their trade id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, Scale, a_week, always, every_trade, no_reason
from coach.engine.rules.params import count, number, whole
from coach.wording.facts import whole_number, words
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Floats
    from coach.wording.facts import FactText


class MaxTradesPerDayFacts(TypedDict):
    """The local date and its zone, which trade of that day it was, and how many are allowed."""

    date: str
    zone: str
    count: int
    limit: int
    margin: int


def hits(params: Params, ground: Ground) -> Iterator[Hit[MaxTradesPerDayFacts]]:
    """Yield each entry past the limit, with its place in the day."""
    from datetime import date

    import numpy as np

    from coach.engine.features.local_time import places_in_day

    limit, day_zero = count(params, "limit"), date(1970, 1, 1).toordinal()
    days = ground.entry_days
    places = ground.once("places", lambda: places_in_day(days))
    for row in np.flatnonzero(places > limit).tolist():
        place = int(places[row])
        facts = MaxTradesPerDayFacts(
            date=date.fromordinal(day_zero + int(days[row])).isoformat(),
            zone=ground.zone,
            count=place,
            limit=limit,
            margin=place - limit,
        )
        yield ground.entry(row, facts)


def score(_params: Params, ground: Ground) -> Floats:
    """Return which trade of its day each entry was, (n,)."""
    import numpy as np

    from coach.engine.features.local_time import places_in_day

    return places_in_day(ground.entry_days).astype(np.float64)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"At most {counted(number(params, 'limit'), 'new trade')} per day"


def texts(facts: MaxTradesPerDayFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "count": whole_number(facts["count"]),
        "date": words(facts["date"]),
        "limit": whole_number(facts["limit"]),
    }


KIND = Kind(
    name="max_trades_per_day",
    version=1,
    title="A maximum of new trades per day",
    params={
        "limit": whole("trades that may be opened on one day of the trader's time zone", 1, 10_000)
    },
    one_of=(),
    optional=(),
    help=("limit: trades opened per day",),
    sentence=sentence,
    breach="trade {count} on {date} (limit {limit})",
    texts=texts,
    needs=always("zone"),
    looks_back=a_week,
    judged=every_trade,
    looser={"limit": "up"},
    loosens=None,
    threshold="limit",
    scale=Scale("overtrading", "limit", score),
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
