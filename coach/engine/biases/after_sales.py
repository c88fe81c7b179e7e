"""What a sale cost: what came after it, beside selling something else or nothing.

Random sale: for each sale another position that was held is drawn instead, 200 times; cost =
notional x (what the sold one did next - what the other did next), over 1, 5 and 20 days. Above
zero, the sold one would have been the better one to keep. No sale: the same without another.
Whole weeks are drawn anew for the interval; its error is at least that of single sales.
Source: Akepanidtaworn, Di Mascio, Imas & Schmidt (2023), J. Finance 78:3055, sales of funds
against random ones.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from coach.engine.biases.measures.sizes.held import directions
from coach.engine.biases.money import cost
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.features.moves import prices_at
from coach.engine.features.series import first_known
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.bootstrap import resampled_sums
from coach.engine.statistics.distributions.normal import Z_90
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.words import significant
from coach.model.insights import Cost, Fact
from coach.model.times import DAY_US, WEEK_US
from coach.values import dataclass

MONDAY_US = 4 * DAY_US  # 1970-01-05 was one
HORIZONS = {"1d": DAY_US, "5d": 5 * DAY_US, "20d": 20 * DAY_US}
DRAWS = 200
FEWEST_WEEKS = 2
STREAM = 2
NO_FEES = Decimal(0)


@dataclass(frozen=True, slots=True, eq=False)
class After:
    """One row per priced sale, (n,): its order, notional, and the return it gave up."""

    order: Integers
    notional: Floats
    given_up: Floats


def against_random(context: Context, sales: Integers, horizon_us: int, seed: int) -> After:
    """Compare what followed each sale with what another held position did, drawn 200 times.

    `sales` are order rows in order of time. Sales without another position, or whose horizon
    the candles do not reach, are left out.
    """
    orders = context.history.orders
    own = _returns(context, orders.trip[sales], orders.at_us[sales], horizon_us)
    place, other = _others(context, sales)
    moved = _returns(context, other, orders.at_us[sales][place], horizon_us)
    known = ~np.isnan(moved)
    place, moved = place[known], moved[known]
    count = np.bincount(place, minlength=len(sales))
    usable = np.flatnonzero((count > 0) & ~np.isnan(own))
    first = np.cumsum(count) - count
    draws = uniforms(seed, (len(usable), DRAWS), STREAM)
    pick = first[usable, None] + (draws * count[usable, None]).astype(np.int64)
    return _after(context, sales[usable], own[usable] - moved[pick].mean(axis=1))


def against_holding(context: Context, sales: Integers, horizon_us: int) -> After:
    """Return what each sale gave up: what its position did next."""
    orders = context.history.orders
    own = _returns(context, orders.trip[sales], orders.at_us[sales], horizon_us)
    known = ~np.isnan(own)
    return _after(context, sales[known], own[known])


def costs(context: Context, after: After, seed: int) -> tuple[Cost, ...]:
    """Return the money per quote currency; fees are not saved by selling another time."""
    history = context.history
    quote = history.quote[history.orders.trip[after.order]]
    return tuple(
        _one_currency(context, after, np.flatnonzero(quote == code), history.quotes[code], seed)
        for code in np.unique(quote).tolist()
    )


def mean_given_up(after: After) -> Fact:
    """Return the mean return given up, None without any priced sale."""
    return significant(float(after.given_up.mean())) if len(after.order) else None


def given_up_facts(context: Context, after: After, name: str, seed: int) -> dict[str, Fact]:
    """Return the mean return given up and its 90 % interval, None each without a priced sale."""
    if not len(after.order):
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    each = after.given_up / len(after.order)
    mean, margin = float(each.sum()), Z_90 * _error(context, after.order, each, seed)
    return {
        name: significant(mean),
        f"{name}_low": significant(mean - margin),
        f"{name}_high": significant(mean + margin),
    }


def _after(context: Context, order: Integers, given_up: Floats) -> After:
    orders = context.history.orders
    return After(order, orders.quantity[order] * orders.price[order], given_up)


def _one_currency(context: Context, after: After, rows: Integers, quote: str, seed: int) -> Cost:
    money = after.notional[rows] * after.given_up[rows]
    total = float(money.sum())
    margin = Z_90 * _error(context, after.order[rows], money, seed)
    return cost(quote, total, (total - margin, total + margin), NO_FEES)


def _error(context: Context, order: Integers, parts: Floats, seed: int) -> float:
    """Return the error of the sum of the parts (n,): of whole weeks, of single sales at least."""
    weeks = (context.history.orders.at_us[order] - MONDAY_US) // WEEK_US
    _, blocks = np.unique(weeks, return_inverse=True)
    error = math.sqrt(float((parts**2).sum()))
    if blocks.max() + 1 < FEWEST_WEEKS:
        return error
    return max(error, float(resampled_sums(blocks, parts[:, None], seed).std()))


def _returns(context: Context, trip: Integers, at_us: Integers, horizon_us: int) -> Floats:
    """Return what each trade's symbol did after each moment, mirrored for shorts; nan: unknown."""
    history = context.history
    found = np.full(len(trip), np.nan)
    for code in np.unique(history.symbol[trip]).tolist():
        own = history.symbol[trip] == code
        found[own] = _moves_after(
            history.market.series(history.symbols[code]), at_us[own], horizon_us
        )
    mirrored: Floats = directions(history)[trip] * found
    return mirrored


def _moves_after(series: Sequence[Bars], at_us: Integers, horizon_us: int) -> Floats:
    """Return what followed each moment; both prices are of one series."""

    def move(bars: Bars, rows: Integers) -> Floats:
        moves: Floats = prices_at(bars, at_us[rows] + horizon_us) / prices_at(bars, at_us[rows]) - 1
        return moves

    return first_known(series, len(at_us), move)


def _others(context: Context, sales: Integers) -> tuple[Integers, Integers]:
    """Return the place of a sale and the trade of another symbol then held, for every such pair."""
    pairs = list(_pairs(context, sales))
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _pairs(context: Context, sales: Integers) -> Iterator[tuple[int, int]]:
    """Walk through time once, keeping the set of open trades."""
    history, orders = context.history, context.history.orders
    closed = np.flatnonzero(history.closed_us != OPEN)
    closes = closed[np.argsort(history.closed_us[closed], kind="stable")].tolist()
    opened_us, closed_us = history.opened_us.tolist(), history.closed_us.tolist()
    symbol, held, opened, ended = history.symbol.tolist(), dict[int, int](), 0, 0
    moments, trips = orders.at_us[sales].tolist(), orders.trip[sales].tolist()
    for place, (at_us, trip) in enumerate(zip(moments, trips, strict=True)):
        while opened < len(opened_us) and opened_us[opened] < at_us:
            if closed_us[opened] == OPEN or closed_us[opened] > at_us:
                held[opened] = symbol[opened]
            opened += 1
        while ended < len(closes) and closed_us[closes[ended]] <= at_us:
            held.pop(closes[ended], None)
            ended += 1
        yield from ((place, row) for row, code in held.items() if code != symbol[trip])
