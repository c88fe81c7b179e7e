"""No trade closed sooner than so many minutes after it was opened; known at the close."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.rules.ground import MINUTE_US, Ground, Hit
from coach.engine.rules.kinds.spec import Params, number

if TYPE_CHECKING:
    from coach.model.insights import Fact


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each trade closed too soon, with how long it was held."""
    limit, history = number(params, "minutes_at_least"), ground.history
    rows = ground.closed
    held = history.closed_us[rows] - history.opened_us[rows]
    for place in np.flatnonzero(held < round(limit * MINUTE_US)).tolist():
        row, minutes = int(rows[place]), int(held[place]) / MINUTE_US
        facts: dict[str, Fact] = {
            "held_minutes": round(minutes, 3),
            "limit": limit,
            "margin": round(limit - minutes, 3),
        }
        fills = (*history.entry_fills[row], *history.exit_fills[row])
        yield Hit(row, int(history.closed_us[row]), facts, fills)
