"""No entry into a move that has already happened.

z is the move over the horizon up to the last bar that had ended before the entry, in usual moves
of that length (features/moves.py): upwards for a long, downwards for a short. The price is the
bar's, not the trader's own. Each entry is judged by the preferred candles that know its own move.
Entries whose market is not known are not judged.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.moves import SIGMA_US, prices_at, z_moves
from coach.engine.features.series import first_known
from coach.engine.rules.ground import MINUTE_US, Ground, Hit
from coach.engine.rules.kinds.spec import Params, count, number
from coach.engine.statistics.arrays import Flags, Floats, Integers

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
        rows = np.flatnonzero(history.symbol == code)
        series, at_us = history.market.series(symbol), history.opened_us[rows]
        moves[rows] = _moves_by(series, at_us, horizon)
    return moves * ground.signs


def _moves_by(series: Sequence[Bars], at_us: Integers, horizon: int) -> Floats:
    """Return the move before each moment by the first series that knows it; nan: none does."""

    def move(bars: Bars, rows: Integers) -> Floats:
        at = at_us[rows]
        z = z_moves(bars, at, prices_at(bars, at), horizon * MINUTE_US)
        known: Floats = np.where(at >= _ready(bars, horizon), z, np.nan)
        return known

    return first_known(series, len(at_us), move)


def _ready(bars: Bars, horizon: int) -> int:
    """Return from when on a whole week lies before the move: less would be another number."""
    first = int(bars.start_us[0]) if len(bars) else 0
    return first + SIGMA_US + horizon * MINUTE_US
