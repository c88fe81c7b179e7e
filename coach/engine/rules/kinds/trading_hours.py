"""New trades at these hours and on these days of the trader's own clock alone.

The first minute is inside, the last outside. On days when the clocks change, what the clock
shows is what counts.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params
from coach.engine.rules.week import DAY, DAYS, WEEK, allowed
from coach.engine.statistics.arrays import Integers
from coach.model.insights import Fact

MINUTE_S = 60
THURSDAY = 3 * DAY  # 1970-01-01 was one


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry outside the hours, with the minutes to the nearest free one."""
    minutes = (ground.entry_seconds // MINUTE_S + THURSDAY) % WEEK
    away = distances(params)[minutes]
    for row in np.flatnonzero(away > 0).tolist():
        yield ground.entry(row, _facts(params, int(minutes[row]), int(away[row])))


def distances(params: Params) -> Integers:
    """Return how many minutes each minute of the week is from the nearest free one, (10080,)."""
    free = np.sort(np.fromiter(allowed(params), np.int64))
    round_the_week = np.concatenate([free - WEEK, free, free + WEEK])
    every = np.arange(WEEK)
    after = np.searchsorted(round_the_week, every, side="left")
    ahead = round_the_week[after] - every
    behind = every - round_the_week[np.maximum(after - 1, 0)]
    nearest: Integers = np.minimum(ahead, behind)
    return nearest


def _facts(params: Params, minute: int, away: int) -> dict[str, Fact]:
    day, clock = divmod(minute, DAY)
    return {
        "clock": f"{DAYS[day]} {clock // 60:02d}:{clock % 60:02d}",
        "from": str(params["from"]),
        "until": str(params["until"]),
        "margin": away,
    }
