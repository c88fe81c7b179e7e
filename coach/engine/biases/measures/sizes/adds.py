"""What is added to open positions: how deep in a loss, by which clock, and the time it could be.

A loss is a price below the average paid, mirrored for shorts. What was open when an order came is
taken just before it.
"""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.occasions import ONE_OCCASION_US
from coach.engine.biases.measures.sizes.held import Candles, Stretches, directions, stretches
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.features.moves import sigma_before
from coach.engine.features.orders import ADD
from coach.engine.features.series import covering, first_known
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US, HOUR_US
from coach.values import dataclass

FOUR_HOURS_US = 4 * HOUR_US
ONE_DECISION_US = HOUR_US
LOOKED_BACK, ALIKE = 5, 3
SAME_SIZE = 0.10
SAME_TIME_US = 1_800_000_000


def adds(history: History) -> Integers:
    """Return the order rows of adds, oldest first."""
    return np.flatnonzero((history.orders.kind == ADD) & (history.orders.average > 0))


def log_return(history: History, rows: Integers) -> Floats:
    """Return ln(price / average before), mirrored for shorts: below 0 the position was losing."""
    orders = history.orders
    apart = np.log(orders.price[rows] / orders.average[rows])
    mirrored: Floats = directions(history)[orders.trip[rows]] * apart
    return mirrored


def by_the_clock(history: History) -> Flags:
    """Say which orders of the history are buys of a saving plan or a bot, (m,).

    Three of the last five buys of the symbol had the same size (notional or quantity, to a tenth)
    and came at the same time of day (to half an hour) or after the same pause (to a tenth).
    Whether price was up or down, such a buy would have come.
    """
    orders = history.orders
    by_clock = np.zeros(len(orders), np.bool_)
    buys = np.flatnonzero(orders.kind <= ADD)
    symbol = history.symbol[orders.trip[buys]]
    for code in np.unique(symbol).tolist():
        rows = buys[symbol == code]
        by_clock[rows] = _regular(orders.at_us[rows], orders.quantity[rows], orders.price[rows])
    return by_clock


def _regular(at_us: Integers, quantity: Floats, price: Floats) -> Flags:
    pause = np.diff(at_us, prepend=at_us[0] - DAY_US).astype(np.float64)
    alike = np.zeros(len(at_us), np.int64)
    for back in range(1, min(LOOKED_BACK + 1, len(at_us))):
        now, then = slice(back, None), slice(None, -back)
        size = np.abs(np.log(quantity[now] / quantity[then]))
        money = np.abs(np.log(quantity[now] * price[now] / (quantity[then] * price[then])))
        since = (at_us[now] - at_us[then]) % DAY_US
        same_hour = np.minimum(since, DAY_US - since) <= SAME_TIME_US
        far = at_us[now] - at_us[then] > DAY_US // 2
        same_pause = np.abs(pause[now] - pause[then]) <= SAME_SIZE * pause[now]
        alike[now] += (np.minimum(size, money) <= SAME_SIZE) & ((same_hour & far) | same_pause)
    return alike >= ALIKE


def decisions(history: History, rows: Integers) -> Integers:
    """Return the first add of each run of adds to one trade within an hour."""
    at_us, trip = history.orders.at_us, history.orders.trip
    last: dict[int, int] = {}
    kept = list[int]()
    for row in rows.tolist():
        place, now = int(trip[row]), int(at_us[row])
        if place not in last or now - last[place] >= ONE_DECISION_US:
            kept.append(row)
            last[place] = now
    return np.array(kept, np.int64)


def bursts(history: History, rows: Integers) -> Integers:
    """Return numbers of what stands or falls together: adds to one trade, and adds of one basket.

    `rows` (n,) are orders in order of time. Trades with adds within 45 minutes of each other, in
    whatever symbol, are in one burst.
    """
    at_us, trip = history.orders.at_us[rows], history.orders.trip[rows]
    owner = {one: one for one in trip.tolist()}

    def first_of(one: int) -> int:
        while owner[one] != one:
            owner[one] = one = owner[owner[one]]
        return one

    near = np.flatnonzero(np.diff(at_us) <= ONE_OCCASION_US)
    for place in near.tolist():
        owner[first_of(int(trip[place + 1]))] = first_of(int(trip[place]))
    return np.array([first_of(one) for one in trip.tolist()], np.int64)


@dataclass(frozen=True, slots=True)
class Hours:
    """How long positions stood in a loss and in a gain, in hours."""

    loss: float
    gain: float


def hours(context: Context, window: Window, found: Candles, left_out: Flags) -> Hours:
    """Count the bars inside the window whose close stood below and above the average paid.

    Each stretch is counted in the series that covers it best. Positions in symbols that are
    `left_out` (by code) do not count.
    """
    history = context.history
    held = stretches(history.orders)
    from_us = np.maximum(held.from_us, window.start_us)
    to_us = np.minimum(held.to_us, window.end_us)
    loss = gain = 0.0
    for code, series in found.series.items():
        own = np.flatnonzero((history.symbol[held.trip] == code) & (from_us < to_us))
        if left_out[code] or not len(own):
            continue
        by = covering(series, from_us[own], to_us[own])
        for place, bars in enumerate(series):
            rows = own[by == place]
            below, above = _bars_beside(bars, context, held, rows, (from_us[rows], to_us[rows]))
            loss += below * bars.step_us / HOUR_US
            gain += above * bars.step_us / HOUR_US
    return Hours(loss, gain)


def _bars_beside(
    bars: Bars, context: Context, held: Stretches, rows: Integers, span: tuple[Integers, Integers]
) -> tuple[float, float]:
    """Return how many bars of these stretches closed in a loss, and how many in a gain."""
    ended = bars.start_us + bars.step_us
    first = np.searchsorted(ended, span[0], "right")
    last = np.searchsorted(ended, span[1], "right")
    count = np.maximum(last - first, 0)
    stretch = np.repeat(rows, count)
    bar = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(stretch))
    side = directions(context.history)[held.trip[stretch]]
    apart = side * (bars.close[bar] - held.average[stretch])
    return float((apart < 0).sum()), float((apart > 0).sum())


def depth(context: Context, found: Candles, rows: Integers) -> Floats:
    """Return the move from the average at each add in 4-hour sigmas; nan: unknown."""
    history = context.history
    usual = np.full(len(history.orders), np.nan)
    for series, own in found.of_orders(history, rows):
        usual[own] = _usual(series, history.orders.at_us[own] - FOUR_HOURS_US)
    with np.errstate(invalid="ignore", divide="ignore"):
        z: Floats = log_return(history, rows) / usual[rows]
    return z


def _usual(series: Sequence[Bars], before_us: Integers) -> Floats:
    """Return the 4-hour volatility before each moment; nan: not known."""

    def usual(bars: Bars, rows: Integers) -> Floats:
        moves: Floats = sigma_before(bars, before_us[rows]) * np.sqrt(FOUR_HOURS_US / bars.step_us)
        return moves

    return first_known(series, len(before_us), usual)
