"""No entry right after a large move in its own direction.

z is the move over the horizon up to the last bar that had ended before the entry, divided by the
volatility of that horizon (features/moves.py): upwards for a long, downwards for a short. The price
is the bar's, not the trader's own. Each entry is judged by the preferred candles that know its own
move. Entries whose market is not known are not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, Scale, a_week, always, no_reason
from coach.engine.rules.params import above, count, duration_in, number, whole
from coach.wording import numbers
from coach.wording.facts import limit, measure
from coach.wording.numbers import SIGMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.features.bars import Bars
    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags, Floats, Integers
    from coach.wording.facts import FactText


class NoEntryAfterSpikeFacts(TypedDict):
    """The size of the move and its limit, in units of the volatility of the horizon."""

    z: float
    limit: float
    margin: float
    horizon_minutes: int


def hits(params: Params, ground: Ground) -> Iterator[Hit[NoEntryAfterSpikeFacts]]:
    """Yield each entry after a spike, with the size of the move."""
    import numpy as np

    most, horizon = number(params, "z"), count(params, "horizon")
    moves = _moves(ground, horizon)
    with np.errstate(invalid="ignore"):
        chased = moves > most
    for row in np.flatnonzero(chased).tolist():
        z = round(float(moves[row]), 4)
        facts = NoEntryAfterSpikeFacts(
            z=z, limit=most, margin=round(z - most, 4), horizon_minutes=horizon
        )
        yield ground.entry(row, facts)


def score(params: Params, ground: Ground) -> Floats:
    """Return the move before each entry in its own direction; nan where it was against it, (n,)."""
    every = hits({"z": 0, "horizon": params["horizon"]}, ground)
    return ground.scores((hit.row, hit.facts["z"]) for hit in every)


def judged(params: Params, ground: Ground) -> Flags:
    """Say of which entries the market is known, (n,)."""
    import numpy as np

    return ~np.isnan(_moves(ground, count(params, "horizon")))


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    minutes = numbers.limit(number(params, "horizon"), " min")
    return f"No entry within {minutes} of a move larger than {params['z']}{SIGMA}"


def texts(facts: NoEntryAfterSpikeFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "z": measure(facts["z"], SIGMA),
        "horizon": limit(facts["horizon_minutes"], " min"),
        "limit": limit(facts["limit"], SIGMA),
    }


def _moves(ground: Ground, horizon: int) -> Floats:
    """Return the move before each entry, in its own direction, (n,)."""
    return ground.once(("moves", horizon), lambda: _moves_before(ground, horizon))


def _moves_before(ground: Ground, horizon: int) -> Floats:
    import numpy as np

    history = ground.history
    moves = np.full(len(history), np.nan)
    for code, symbol in enumerate(history.symbols):
        rows = np.flatnonzero(history.symbol == code)
        series, at_us = history.market.series(symbol), history.opened_us[rows]
        moves[rows] = _moves_by(series, at_us, horizon)
    return moves * ground.signs


def _moves_by(series: Sequence[Bars], at_us: Integers, horizon: int) -> Floats:
    """Return the move before each moment by the first series that knows it; nan: none does."""
    import numpy as np

    from coach.engine.features.moves import prices_at, z_moves
    from coach.engine.features.series import first_known
    from coach.model.times import MINUTE_US

    def move(bars: Bars, rows: Integers) -> Floats:
        at = at_us[rows]
        z = z_moves(bars, at, prices_at(bars, at), horizon * MINUTE_US)
        known: Floats = np.where(at >= _ready(bars, horizon), z, np.nan)
        return known

    return first_known(series, len(at_us), move)


def _ready(bars: Bars, horizon: int) -> int:
    """Return from when on a whole week lies before the move: less would be another number."""
    from coach.engine.features.moves import SIGMA_US
    from coach.model.times import MINUTE_US

    first = int(bars.start_us[0]) if len(bars) else 0
    return first + SIGMA_US + horizon * MINUTE_US


KIND = Kind(
    name="no_entry_after_spike",
    version=1,
    title="No entry right after a large move",
    params={
        "z": above("size of the move, in units of the volatility (sigma) of that horizon", 0, 100),
        "horizon": {
            **duration_in("minutes", whole("minutes before the entry", 1, 10_080)),
            "default": 60,
        },
    },
    one_of=(),
    optional=(),
    help=("z: size of the move in sigma, horizon: minutes (60)",),
    sentence=sentence,
    breach="entered after a move of {z} within {horizon} (limit {limit})",
    texts=texts,
    needs=always("candles"),
    looks_back=a_week,
    judged=judged,
    looser={"z": "up", "horizon": "ask"},
    loosens=None,
    threshold="z",
    scale=Scale("fomo", "as it is", score),
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
