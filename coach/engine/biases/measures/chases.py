"""What price and volume had done by an entry, and by the bars when one could have entered as well.

Moves are mirrored for shorts and are those of bars that had ended: what the trader could see, not
the price that was paid. Volatility follows the mood of the market, with a half-life of a day.
Controls of an entry: bars of the same symbol within seven days, at the same time
of day to an hour and a half, not within two hours of an entry in that symbol; twenty of them,
drawn from the seed.
"""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.measures.sizes.held import Candles, directions
from coach.engine.biases.reasons.volatility import daily_volatility
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.moves import FEWEST_CHANGES, rows_at
from coach.engine.features.orders import ENTRY
from coach.engine.features.series import first_known, first_known_with_place
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.draws import uniforms
from coach.model.times import DAY_US, HOUR_US
from coach.values import dataclass

DAYS_AROUND = 7
AROUND_US = HOUR_US * 3 // 2
APART_US = 2 * HOUR_US
CONTROLS, FEWEST_CONTROLS = 20, 5
VOLUME_DAYS, FEWEST_DAYS = 14, 3
AT_ONCE = 2_000
STREAM = 3


def entry_orders(context: Context) -> Integers:
    """Return the order rows that opened a trade, oldest first."""
    return np.flatnonzero(context.history.orders.kind == ENTRY)


def moves_at(context: Context, found: Candles, rows: Integers, horizon_us: int) -> Floats:
    """Return the mirrored z of the last ended bar at each order, nan where candles do not reach."""
    orders = context.history.orders
    z = np.full(len(orders), np.nan)
    for series, own in found.of_orders(context.history, rows):
        z[own] = _moves(series, orders.at_us[own], horizon_us)[0]
    mirrored: Floats = directions(context.history)[orders.trip[rows]] * z[rows]
    return mirrored


def _moves(series: Sequence[Bars], at_us: Integers, horizon_us: int) -> tuple[Floats, Integers]:
    """Return z at each moment, and the place of the series that tells it, -1 where none does."""

    def read(bars: Bars, rows: Integers) -> Floats:
        ended, every = rows_at(bars, at_us[rows]), completed_moves(bars, horizon_us)
        return (
            np.where(ended >= 0, every[ended], np.nan) if len(bars) else np.full(len(rows), np.nan)
        )

    return first_known_with_place(series, len(at_us), read)


def completed_moves(bars: Bars, horizon_us: int) -> Floats:
    """Return z over the horizon that ends with each bar, (m,); nan where it is not known.

    The change of the close over the volatility as of the beginning of the horizon: the move itself
    is not in the unit that measures it.
    """
    if len(bars) == 0 or bars.step_us > horizon_us:
        return np.full(len(bars), np.nan)
    before = rows_at(bars, bars.start_us + bars.step_us - horizon_us)
    known = (before >= 0) & (bars.counts[before + 1] >= FEWEST_CHANGES)
    elapsed = (bars.start_us - bars.start_us[before]) / bars.step_us
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = daily_volatility(bars, 0)[before] * np.sqrt(elapsed)
        z: Floats = np.log(bars.close / bars.close[before]) / usual
    return np.where(known & np.isfinite(z), z, np.nan)


def volume_ratios(context: Context, found: Candles, rows: Integers) -> Floats:
    """Return the last hour's volume over the median of the same hour of the fourteen days before.

    nan where fewer than three of those days are known.
    """
    at_us = context.history.orders.at_us
    ratios = np.full(len(at_us), np.nan)
    for series, own in found.of_orders(context.history, rows):
        ratios[own] = _volume_ratios(series, at_us[own])
    return ratios[rows]


def _volume_ratios(series: Sequence[Bars], at_us: Integers) -> Floats:
    return first_known(series, len(at_us), lambda bars, rows: _volume_ratio(bars, at_us[rows]))


def _volume_ratio(bars: Bars, at_us: Integers) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(bars.volume)])
    moments = at_us[:, None] - np.arange(VOLUME_DAYS + 1) * DAY_US
    last = np.searchsorted(bars.start_us, moments - bars.step_us, "right")
    first = np.searchsorted(bars.start_us, moments - bars.step_us - HOUR_US, "right")
    hourly = np.where(last > first, total[last] - total[first], np.nan)
    known = (~np.isnan(hourly[:, 1:])).sum(axis=1) >= FEWEST_DAYS
    usual = np.full(len(at_us), np.nan)
    usual[known] = np.nanmedian(hourly[known, 1:], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios: Floats = np.where(usual > 0, hourly[:, 0] / usual, np.nan)
    return ratios


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """Per entry, (n,): the share of its controls beyond the threshold, and how many there are."""

    share: Floats
    count: Integers


def controls(
    context: Context, found: Candles, rows: Integers, threshold: float, seed: int
) -> Controls:
    """Draw the controls of each entry and count those whose mirrored z_1h exceeds the threshold.

    They are bars of the series that tells the entry's own move.
    """
    orders = context.history.orders
    side = directions(context.history)[orders.trip]
    share, count = np.zeros(len(orders)), np.zeros(len(orders), np.int64)
    entries = entry_orders(context)
    symbols = context.history.symbol[orders.trip]
    for series, own in found.of_orders(context.history, rows):
        entered = orders.at_us[entries[symbols[entries] == symbols[own[0]]]]
        _, by = _moves(series, orders.at_us[own], HOUR_US)
        by = np.maximum(by, 0)  # what no series tells is left out by its z
        for place, bars in enumerate(series):
            told = own[by == place]
            share[told], count[told] = _controlled(
                bars, entered, (orders.at_us[told], side[told]), threshold, seed
            )
    return Controls(share[rows], count[rows])


def _controlled(
    bars: Bars, entered_us: Integers, of: tuple[Integers, Floats], threshold: float, seed: int
) -> tuple[Floats, Integers]:
    """Return the share beyond the threshold and the number of controls of entries `of` (n,).

    `of` are their times and sides, `entered_us` all entries in the symbol.
    """
    at_us, side = of
    share, count = np.zeros(len(at_us)), np.zeros(len(at_us), np.int64)
    z = completed_moves(bars, HOUR_US)
    quiet = ~np.isnan(z) & ~_near(bars.start_us + bars.step_us, entered_us)
    for begin in range(0, len(at_us), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        place = _drawn(bars, quiet, at_us[some], seed)
        there = place >= 0
        beyond = there & (side[some][:, None] * z[place] > threshold)
        count[some] = there.sum(axis=1)
        share[some] = beyond.sum(axis=1) / np.maximum(count[some], 1)
    return share, count


def _near(at_us: Integers, entered_us: Integers) -> Flags:
    """Say which moments lie within two hours of an entry."""
    first = np.searchsorted(entered_us, at_us - APART_US)
    last = np.searchsorted(entered_us, at_us + APART_US, "right")
    return last > first


def _drawn(bars: Bars, quiet: Flags, at_us: Integers, seed: int) -> Integers:
    """Return the bars drawn for each entry, (n, at most 20), -1 where there are too few."""
    around = np.arange(-(AROUND_US // bars.step_us), AROUND_US // bars.step_us + 1) * bars.step_us
    days = np.arange(-DAYS_AROUND, DAYS_AROUND + 1) * DAY_US
    shifts = (days[:, None] + around).ravel()
    ended = at_us - (at_us - bars.start_us[0]) % bars.step_us - bars.step_us
    wanted = ended[:, None] + shifts
    place = np.minimum(np.searchsorted(bars.start_us, wanted), len(bars) - 1)
    usable = (bars.start_us[place] == wanted) & quiet[place]
    key = np.where(usable, uniforms(seed, wanted.shape, STREAM), 2.0)
    chosen = np.argpartition(key, min(CONTROLS, key.shape[1] - 1), axis=1)[:, :CONTROLS]
    rows = np.arange(len(at_us))[:, None]
    return np.where(usable[rows, chosen], place[rows, chosen], -1)
