"""No new trade on a day after so many losing closes in a row on that day.

The run counts the closes of one day of the trader's time zone, of any symbol; a win or a
break-even ends it, and so does midnight.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.features.context import NONE
from coach.engine.features.history import CODES
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, count
from coach.engine.statistics.arrays import Integers


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry of a day that should have been over, with the run it followed."""
    losses = count(params, "losses")
    runs = ground.once("runs of losses", lambda: _runs_before(ground))
    for row in np.flatnonzero(runs >= losses).tolist():
        run = int(runs[row])
        facts = {"losses_in_a_row": run, "losses": losses, "margin": run - losses}
        yield ground.entry(row, dict(facts), ground.last_close(row))


def _runs_before(ground: Ground) -> Integers:
    """Return the losses in a row before each entry on its own day, (n,)."""
    days, before = ground.close_days, ground.before
    if len(days) == 0:
        return np.zeros(len(before), np.int64)
    losing = ground.history.outcome[ground.closes] == CODES["loss"]
    goes_on = np.zeros(len(days), np.bool_)
    goes_on[1:] = losing[:-1] & (days[1:] == days[:-1])
    places = np.arange(len(days))
    first = np.maximum.accumulate(np.where(losing & ~goes_on, places, 0))
    runs = np.where(losing, places - first + 1, 0)
    today = (before != NONE) & (days[before] == ground.entry_days)
    return np.where(today, runs[before], 0).astype(np.int64)
