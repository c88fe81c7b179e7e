"""No entry into a move that has already happened.

z is the move over the horizon up to the last bar that had ended before the entry, in usual moves
of that length (features/moves.py): upwards for a long, downwards for a short. The price is the
bar's, not the trader's own. Entries whose market is not known are not judged.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.moves import SIGMA_US, prices_at, z_moves
from coach.engine.rules.ground import MINUTE_US, Ground, Hit
from coach.engine.rules.kinds.spec import Params, count, number
from coach.engine.statistics.arrays import Flags, Floats

if TYPE_CHECKING:
    from coach.model.insights import Fact


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry after a spike, with the size of the move."""
    limit, horizon = number(params, "z"), count(params, "horizon")
    moves = _moves(ground, horizon)
    with np.errstate(invalid="ignore"):
        chased = moves > limit
    for row in np.flatnonzero(chased).tolist():
        z = round(float(moves[row]), 4)
        facts: dict[str, Fact] = {
            "z": z,
            "limit": limit,
            "margin": round(z - limit, 4),
            "horizon_minutes": horizon,
        }
        yield ground.entry(row, facts)


def judged(params: Params, ground: Ground) -> Flags:
    """Say of which entries the market is known, (n,)."""
    return ~np.isnan(_moves(ground, count(params, "horizon")))


def _moves(ground: Ground, horizon: int) -> Floats:
    """Return the move before each entry, in its own direction, (n,)."""
    return ground.once(("moves", horizon), lambda: _moves_before(ground, horizon))


def _moves_before(ground: Ground, horizon: int) -> Floats:
    history = ground.history
    moves = np.full(len(history), np.nan)
    for code, symbol in enumerate(history.symbols):
        bars = history.market.of(symbol)
        if bars is not None:
            rows = np.flatnonzero(history.symbol == code)
            rows = rows[history.opened_us[rows] >= _ready(bars, horizon)]
            at_us = history.opened_us[rows]
            moves[rows] = z_moves(bars, at_us, prices_at(bars, at_us), horizon * MINUTE_US)
    return moves * ground.signs


def _ready(bars: Bars, horizon: int) -> int:
    """Return from when on a whole week lies before the move: less would be another number."""
    first = int(bars.start_us[0]) if len(bars) else 0
    return first + SIGMA_US + horizon * MINUTE_US
