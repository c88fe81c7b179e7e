"""No trade held longer than so many minutes.

It is broken when the next thing happened after that: this trade's close, or any other opening or
close. So what is told of the past never changes with what comes after.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.history import OPEN
from coach.engine.rules.ground import MINUTE_US, Ground, Hit
from coach.engine.rules.kinds.spec import Params, number
from coach.engine.statistics.arrays import Integers

if TYPE_CHECKING:
    from coach.model.insights import Fact


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each trade held too long, with how long it had been held by then."""
    limit, history = number(params, "minutes_at_most"), ground.history
    end = history.opened_us + round(limit * MINUTE_US)
    moments = ground.once("moments", lambda: _moments(ground))
    late = (history.closed_us == OPEN) | (history.closed_us > end)
    next_one = np.searchsorted(moments, end, side="right")
    for row in np.flatnonzero(late & (next_one < len(moments))).tolist():
        at_us = int(moments[next_one[row]])
        minutes = (at_us - int(history.opened_us[row])) / MINUTE_US
        closed = int(history.closed_us[row]) == at_us
        facts: dict[str, Fact] = {
            "held_minutes": round(minutes, 3),
            "limit": limit,
            "margin": round(minutes - limit, 3),
            "still_open": not closed,
        }
        ends = history.exit_fills[row] if closed else ()
        yield Hit(row, at_us, facts, (*history.entry_fills[row], *ends))


def _moments(ground: Ground) -> Integers:
    history = ground.history
    closed = history.closed_us[ground.closed]
    return np.sort(np.concatenate([history.opened_us, closed]))
