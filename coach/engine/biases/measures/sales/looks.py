"""Open positions looked at step by step: the rows that the disposition effect is read from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.decision_prices import closes_since
from coach.engine.biases.measures.sizes.held import Candles, Stretches, directions, stretches
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.features.moves import sigma_before
from coach.engine.features.orders import PARTIAL
from coach.engine.features.series import first_known
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US, HOUR_US

STEPS_PER_HOLD = 8  # a step is short beside the holding time, so odds are nearly rates
AGES = np.array([2, 4, 8])  # steps: 1, 2-3, 4-7, 8 and more
MOVES = np.array([1.0, 2.0, 3.0])


@dataclass(frozen=True, slots=True, eq=False)
class PositionLooks:
    """One row per look at an open position, (k,).

    `at_us` when, `order` the row of the sale that followed (-1: none), `trip` the trade, `age` in
    steps from 1, `log_return` ln(price / average cost) as it stood, mirrored for shorts, `z` the
    same in units of what is usual for the time since the opening. The price is the last close of
    a bar that ended since the opening, for sales as for all other looks. Looks without such a
    close, without a volatility, without any gain or loss are not there.
    """

    at_us: Integers
    order: Integers
    trip: Integers
    age: Integers
    log_return: Floats
    z: Floats

    @property
    def gain(self) -> Flags:
        """Whether the position stood in a gain, (k,)."""
        return self.log_return > 0

    @property
    def sold(self) -> Flags:
        """Whether the look ended in a sale, (k,)."""
        return self.order >= 0

    @property
    def strata(self) -> Integers:
        """Number of the stratum of like age and like size of move, (k,)."""
        move = np.searchsorted(MOVES, np.abs(self.z), side="right")
        age = np.searchsorted(AGES, self.age, side="right")
        return (len(MOVES) + 1) * age + move

    def only(self, kept: Flags) -> "PositionLooks":
        """Return the looks that are kept."""
        return PositionLooks(
            self.at_us[kept],
            self.order[kept],
            self.trip[kept],
            self.age[kept],
            self.log_return[kept],
            self.z[kept],
        )


def typical_step(context: Context, window: Window, found: Candles) -> int:
    """Return the step in microseconds: a bar, an hour or a day.

    The longest that is at most an eighth of the median holding time, and at least one bar.
    """
    history = context.history
    closed = (history.closed_us != OPEN) & window.holds(history.closed_us)
    bar = max((one.step_us for one in found.bars.values()), default=HOUR_US)
    held = history.closed_us[closed] - history.opened_us[closed]
    typical = float(np.median(held)) if len(held) else 0.0
    fitting = [step for step in (HOUR_US, DAY_US) if step * STEPS_PER_HOLD <= typical]
    return max([bar, *fitting])


def looks(context: Context, window: Window, found: Candles, step_us: int) -> PositionLooks:
    """Look at every position inside the window once per step, and at every sale."""
    history, orders = context.history, context.history.orders
    sales = np.flatnonzero(
        (orders.kind >= PARTIAL) & window.holds(orders.at_us) & found.covered & (orders.average > 0)
    )
    held = stretches(orders)
    stretch, at_us = _steps(context, window, step_us, held)
    trip = np.concatenate([orders.trip[sales], held.trip[stretch]])
    average = np.concatenate([orders.average[sales], held.average[stretch]])
    moment = np.concatenate([orders.at_us[sales], at_us])
    price = np.full(len(trip), np.nan)
    opened_us = history.opened_us[trip]
    usual = np.full(len(trip), np.nan)
    for code, series in found.series.items():
        own = np.flatnonzero(history.symbol[trip] == code)
        price[own] = closes_since(series, moment[own], opened_us[own])
        usual[own] = _usual(series, moment[own], opened_us[own])
    with np.errstate(invalid="ignore", divide="ignore"):
        log_return = directions(history)[trip] * np.log(price / average)
        z = log_return / usual
    seen = PositionLooks(
        at_us=moment,
        order=np.concatenate([sales, np.full(len(at_us), -1)]),
        trip=trip,
        age=(moment - opened_us - 1) // step_us + 1,
        log_return=log_return,
        z=z,
    )
    return seen.only(np.isfinite(z) & (log_return != 0))


def _usual(series: Sequence[Bars], at_us: Integers, opened_us: Integers) -> Floats:
    """Return the volatility over the time from the opening to each moment; nan: not known."""

    def usual(bars: Bars, rows: Integers) -> Floats:
        lasted = np.maximum(at_us[rows] - opened_us[rows], bars.step_us) / bars.step_us
        moves: Floats = sigma_before(bars, opened_us[rows]) * np.sqrt(lasted)
        return moves

    return first_known(series, len(at_us), usual)


def _steps(
    context: Context, window: Window, step_us: int, held: Stretches
) -> tuple[Integers, Integers]:
    """Return the row of the stretch and the moment of every whole step without a sale in it."""
    opened = context.history.opened_us[held.trip]
    first_us = np.maximum(held.from_us, window.start_us)
    until_us = np.minimum(held.to_us, window.end_us)
    first = np.maximum(-(-(first_us - opened) // step_us), 1)
    count = np.maximum(-(-(until_us - opened) // step_us) - first, 0)
    stretch = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(stretch)) - np.repeat(np.cumsum(count) - count, count)
    at_us = opened[stretch] + (first[stretch] + within) * step_us
    quiet = held.sold_us[stretch] <= at_us - step_us
    return stretch[quiet], at_us[quiet]
