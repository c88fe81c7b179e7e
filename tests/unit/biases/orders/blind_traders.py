"""Traders who never look at price: whatever a detector finds in them is a false alarm.

Prices of four symbols are random walks in steps of 5 minutes, of which three make a candle; the
coins move together, as coins do. Waits
and holding times are exponential and sizes lognormal. Each kind groups its orders in another way:
one coin at a time, all coins together, adds or sales in bursts, sales by resting orders. Nothing
here is shared with the detectors or with the lab.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import comb
from random import Random

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Window
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.context import Context, context
from coach.engine.lab import judge
from coach.engine.lab.judge import LabFill
from coach.engine.statistics.arrays import Floats
from coach.model.fills import Side

COINS = ("ADA", "BTC", "ETH", "SOL")
START_US = 1_772_409_600_000_000  # Monday, 2 March 2026
STEP_US = 300_000_000
SECOND_US = 1_000_000
DAY = 288  # steps
LEAD = 8 * DAY
STEP_SIGMA = 0.002
SHARED = 0.6  # of the variance of every coin is that of the whole market
RESTING = 1.004

Order = tuple[int, str, Side, float, float]  # microseconds, coin, side, quantity, price
Kind = Callable[[Random, Floats], Iterator[Order]]


@dataclass(frozen=True, slots=True)
class BlindLife:
    """A trader's context and the window of all orders."""

    context: Context
    window: Window

    def measured(self, detector: Detector, seed: int = 7) -> Measurement:
        return detector.measure(self.context, self.window, seed)


def life(kind: Kind, seed: int, days: int = 60) -> BlindLife:
    """Let a trader of this kind live through a market of his own."""
    random = Random(seed)
    steps = LEAD + days * DAY
    moves = np.random.Generator(np.random.PCG64(seed)).standard_normal((steps, len(COINS) + 1))
    shared = math.sqrt(SHARED) * moves[:, -1:] + math.sqrt(1 - SHARED) * moves[:, :-1]
    price = 100.0 * np.exp(np.cumsum(STEP_SIGMA * shared, axis=0))
    orders = sorted(kind(random, price))
    fills = [
        LabFill(f"f{n}", at_us, f"{coin}-USD", side, _exact(quantity), _exact(paid), Decimal(0))
        for n, (at_us, coin, side, quantity, paid) in enumerate(orders)
    ]
    market = Market({f"{coin}-USD": _candles(price[:, k]) for k, coin in enumerate(COINS)})
    end_us = _moment(steps - 1)
    return BlindLife(
        context(judge.past(fills, market).history.until(end_us)), Window(START_US, end_us)
    )


def one_by_one(random: Random, price: Floats) -> Iterator[Order]:
    """Trade each coin for itself, in and out at the market."""
    for coin, start, end in _trips(random, price, wait=160, hold=90):
        size = random.lognormvariate(0, 0.3)
        yield _at_market(price, start, coin, "buy", size)
        yield _at_market(price, end, coin, "sell", size)


def all_together(random: Random, price: Floats) -> Iterator[Order]:
    """Go into all four coins within seconds, and out of them within seconds."""
    now = LEAD + _exponential(random, 100)
    while (end := now + _exponential(random, 60)) < len(price) - DAY:
        for place, coin in enumerate(COINS):
            size = random.lognormvariate(0, 0.3)
            yield _at_market(price, now, coin, "buy", size, 5 * place)
            yield _at_market(price, end, coin, "sell", size, 5 * place)
        now = end + _exponential(random, 60)


def added_in_bursts(random: Random, price: Floats) -> Iterator[Order]:
    """Add two to five times within two hours, at a moment that has nothing to do with price."""
    for coin, start, end in _trips(random, price, wait=400, hold=300):
        yield _at_market(price, start, coin, "buy", 1.0)
        held, burst = 1.0, start + _exponential(random, 150)
        for _ in range(random.randint(2, 5)):
            if burst < end - 1:
                yield _at_market(price, burst, coin, "buy", 1.0, random.randint(1, 200))
                held += 1.0
            burst += random.randint(4, 9)
        yield _at_market(price, end, coin, "sell", held)


def sold_in_bursts(random: Random, price: Floats) -> Iterator[Order]:
    """Sell in three to six parts within 40 minutes."""
    for coin, start, end in _trips(random, price, wait=160, hold=90):
        parts = random.randint(3, 6)
        yield _at_market(price, start, coin, "buy", float(parts))
        for part in range(parts):
            yield _at_market(price, end + part, coin, "sell", 1.0, random.randint(1, 200))


def sold_by_resting_orders(random: Random, price: Floats) -> Iterator[Order]:
    """Decide to leave blindly, then rest a sell limit 0.4 % above the market, moved each hour."""
    for coin in COINS:
        column, now = price[:, COINS.index(coin)], LEAD + _exponential(random, 160)
        while (end := now + 2 + _exponential(random, 90)) < len(price) - DAY:
            filled, limit = _rested(column, end)
            yield _at_market(price, now, coin, "buy", 1.0)
            yield _moment(filled), coin, "sell", 1.0, limit
            now = filled + 14 + _exponential(random, 160)


def _rested(column: Floats, step: int) -> tuple[int, float]:
    """Return the step by which a limit above the market was reached, and the limit."""
    limit = float(column[step]) * RESTING
    for later in range(step + 1, len(column)):
        if column[later] >= limit:
            return later, limit
        if (later - step) % 12 == 0:
            limit = float(column[later]) * RESTING
    return len(column) - 1, float(column[-1])


def at_most_by_chance(trials: int, rate: float, sure: float = 0.99) -> int:
    """Return the count that a binomial does not exceed with probability `sure`."""
    total = 0.0
    for hits in range(trials + 1):
        total += comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)
        if total >= sure:
            return hits
    return trials


def _trips(
    random: Random, price: Floats, wait: float, hold: float
) -> Iterator[tuple[str, int, int]]:
    for coin in COINS:
        now = LEAD + _exponential(random, wait)
        while (end := now + 2 + _exponential(random, hold)) < len(price) - DAY:
            yield coin, now, end
            now = end + 14 + _exponential(random, wait)


def _exponential(random: Random, mean: float) -> int:
    return 1 + int(random.expovariate(1 / mean))


def _at_market(
    price: Floats, step: int, coin: str, side: Side, quantity: float, later: int = 1
) -> Order:
    return (
        _moment(step) + later * SECOND_US,
        coin,
        side,
        quantity,
        float(price[step, COINS.index(coin)]),
    )


def _moment(step: int) -> int:
    """Return when a step's price stands: at its end."""
    return START_US + (step + 1 - LEAD) * STEP_US


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")


def _candles(price: Floats) -> Bars:
    """Make candles of 15 minutes from three steps each."""
    whole = price.reshape(-1, 3)
    close = whole[:, -1]
    before = np.concatenate([whole[:1, 0], close[:-1]])
    top, bottom = np.maximum(whole.max(axis=1), before), np.minimum(whole.min(axis=1), before)
    start = START_US + (np.arange(len(close)) * 3 - LEAD) * STEP_US
    volume = np.full(len(close), 10.0)
    return bars(Columns(start, before, top, bottom, close, volume), "blind", 3 * STEP_US)
