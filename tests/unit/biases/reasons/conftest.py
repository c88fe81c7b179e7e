"""Made-up traders who follow rules, and some who follow none, in a random walk of minutes."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, partial

import numpy as np
import pytest

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.recognise import recognise
from coach.engine.features.bars import NO_MARKET, Columns, Market, bars
from coach.engine.features.context import Context, context
from coach.engine.features.trader import Trader
from coach.engine.lab import judge
from coach.engine.lab.judge import LabFill
from coach.engine.statistics.arrays import Flags, Floats
from coach.model.reasons import Reason
from coach.model.times import DAY_US, HOUR_US, MINUTE_US, SECOND_US

START_US = 1_772_409_600_000_000  # Monday, 2 March 2026
DAYS = 90

MakeFills = Callable[[Sequence[tuple[float, str, str, float, float]]], tuple[LabFill, ...]]


@dataclass(frozen=True)
class Account:
    """Fills and candles of ninety days, to be changed and then asked about."""

    fills: tuple[LabFill, ...]
    market: Market = NO_MARKET
    zone: str = "UTC"
    days: int = DAYS

    @property
    def window(self) -> Window:
        return Window(START_US, START_US + self.days * DAY_US)

    @property
    def context(self) -> Context:
        past = judge.past(self.fills, self.market).history
        known = past.beside(past.orders, self.market, Trader(self.zone))
        return context(known)

    def without_candles(self) -> "Account":
        """Return the account where nobody has candles."""
        return replace(self, market=NO_MARKET)

    def scaled(self, factor: int) -> "Account":
        """Return the account in a currency of which `factor` make one of the old."""
        fills = tuple(fill._replace(price=fill.price * factor) for fill in self.fills)
        market = {}
        for name, one in self.market.bars.items():
            top, low = factor * one.high, factor * one.low
            raw = Columns(one.start_us, factor * one.open, top, low, factor * one.close, one.volume)
            market[name] = bars(raw, "walk", one.step_us)
        return replace(self, fills=fills, market=Market(market))

    @property
    def reasons(self) -> dict[str, Reason]:
        return {reason.kind: reason for reason in recognise(self.context, self.window)}

    def split(self) -> "Account":
        """Return the account with every fill in two, half a second apart."""
        halves = []
        for fill in self.fills:
            half = fill.quantity / 2
            later = fill.at_us + SECOND_US // 2
            halves += [
                fill._replace(trade_id=f"{fill.trade_id}a", quantity=half),
                fill._replace(trade_id=f"{fill.trade_id}b", quantity=half, at_us=later),
            ]
        return replace(self, fills=tuple(halves))


@pytest.fixture(scope="session")
def account() -> type[Account]:
    return Account


@pytest.fixture(scope="session")
def make_fills() -> MakeFills:
    """Make fills of (hour since the start, symbol, side, quantity, price)."""

    def made(rows: Sequence[tuple[float, str, str, float, float]]) -> tuple[LabFill, ...]:
        return tuple(
            LabFill(
                trade_id=f"f{number}",
                at_us=START_US + round(hour * HOUR_US),
                symbol=symbol,
                side="buy" if side == "buy" else "sell",
                quantity=Decimal(repr(quantity)),
                price=Decimal(repr(price)),
                fee=Decimal(0),
            )
            for number, (hour, symbol, side, quantity, price) in enumerate(rows)
        )

    return made


QUARTER = 15
DAY = 24 * 60
LEAD = 12 * DAY
AWAKE = (7.0, 23.0)
COINS = ("BTC-USD", "ETH-USD", "SOL-USD")


@dataclass(frozen=True)
class Walk:
    """Prices minute by minute, (coins, minutes); trading begins with minute LEAD."""

    price: Floats

    def candles(self, minutes: int = QUARTER) -> Market:
        """Return candles of so many minutes."""
        found = {}
        for coin, price in zip(COINS, self.price, strict=True):
            whole = (len(price) - 1) // minutes
            inner = price[: whole * minutes].reshape(whole, minutes)
            close = price[minutes::minutes][:whole]
            raw = Columns(
                START_US + (np.arange(whole) * minutes - LEAD) * MINUTE_US,
                inner[:, 0],
                np.maximum(inner.max(axis=1), close),
                np.minimum(inner.min(axis=1), close),
                close,
                np.ones(whole),
            )
            found[coin] = bars(raw, "walk", minutes * MINUTE_US)
        return Market(found)


@cache
def walk(seed: int, days: int = DAYS) -> Walk:
    """Make three coins without drift, whose volatility comes in moods of a few days."""
    random = np.random.default_rng([7, seed])
    minutes = LEAD + days * DAY
    hours = minutes // 60
    mood = np.zeros((len(COINS), hours))
    steps = random.normal(0, 0.1, (len(COINS), hours))
    for hour in range(1, hours):
        mood[:, hour] = 0.98 * mood[:, hour - 1] + steps[:, hour]
    sigma = 0.0008 * np.exp(np.repeat(mood, 60, axis=1))
    moves = sigma * random.standard_t(5, (len(COINS), minutes)) * np.sqrt(3 / 5)
    log_price = np.concatenate([np.zeros((len(COINS), 1)), np.cumsum(moves, axis=1)], axis=1)
    return Walk(100.0 * np.exp(log_price))


@dataclass(frozen=True)
class Exit:
    """When a position is closed: minutes after its entry, and at which price."""

    minutes: int
    price: float


Orders = Iterator[tuple[int, int, float, float]]
"""Minute, side (+1 buys), quantity, price."""
Rule = Callable[["Position", np.random.Generator], Exit | None]


@dataclass(frozen=True)
class Position:
    """What a rule may look at: `path` begins with the entry, `before` ends with it."""

    path: Floats
    before: Floats
    side: int

    @property
    def gain(self) -> Floats:
        """Return the change of the logarithm of the price since the entry, gains above zero."""
        gain: Floats = self.side * np.log(self.path / self.path[0])
        return gain

    def first(self, there: Flags) -> int | None:
        """Return the first minute after the entry that is marked."""
        found = np.flatnonzero(there[1:])
        return int(found[0]) + 1 if len(found) else None

    def at(self, minute: int | None) -> Exit | None:
        """Return an exit at the price of a minute, None where it never comes."""
        if minute is None or minute >= len(self.path):
            return None
        return Exit(minute, float(self.path[minute]))


def blind(mean_hours: float = 8) -> Rule:
    """Close at any time that somebody is awake, whatever the price does."""

    def rule(position: Position, random: np.random.Generator) -> Exit | None:
        minute = 1 + int(random.exponential(60 * mean_hours))
        time = (len(position.before) - 1 + minute) % DAY / 60
        return position.at(minute if AWAKE[0] <= time < AWAKE[1] else minute + 8 * 60)

    return rule


def bracket(target: float, stop: float) -> Rule:
    """Close at a fixed gain or a fixed loss, by orders that rest there."""

    def rule(position: Position, _random: np.random.Generator) -> Exit | None:
        minute = position.first((position.gain >= target) | (position.gain <= -stop))
        if minute is None:
            return None
        level = target if position.gain[minute] > 0 else -stop
        return Exit(minute, float(position.path[0] * np.exp(position.side * level)))

    return rule


def trailing(distance: float) -> Rule:
    """Close when the price has come back from its best by so much."""

    def rule(position: Position, _random: np.random.Generator) -> Exit | None:
        back = np.maximum.accumulate(position.gain) - position.gain
        return position.at(position.first(back >= distance))

    return rule


def above_mean(hours: int = 6, times: float = 2.0) -> Rule:
    """Close at the end of a candle that is far on the other side of the mean of some hours."""

    def rule(position: Position, _random: np.random.Generator) -> Exit | None:
        whole = np.log(np.concatenate([position.before, position.path[1:]]))
        total = np.cumsum(np.concatenate([[0.0], whole]))
        length = 60 * hours
        mean = (total[length:] - total[:-length]) / length
        gap = position.side * (whole[length - 1 :] - mean)
        gap = gap[-len(position.path) :]
        usual = np.std(np.diff(np.log(position.before[-DAY:]))) * np.sqrt(length / 3)
        return position.at(position.first(gap >= times * usual))

    return rule


def by_hand(hours: int = 8, looks_hours: float = 3) -> Rule:
    """Look now and then, and close when the price is above the mean of some hours by then."""

    def rule(position: Position, random: np.random.Generator) -> Exit | None:
        whole = np.log(np.concatenate([position.before, position.path[1:]]))
        total = np.cumsum(np.concatenate([[0.0], whole]))
        mean = (total[60 * hours :] - total[: -60 * hours]) / (60 * hours)
        over = (position.side * (whole[60 * hours - 1 :] - mean))[-len(position.path) :] > 0
        seen = random.random(len(over)) < 1 / (60 * looks_hours)
        return position.at(position.first(over & seen))

    return rule


def loose(target: float = 0.02, share: float = 0.2) -> Rule:
    """Close some positions at a target, the others at any time."""
    resting, anywhere = bracket(target, 9.0), blind(12)
    return lambda position, random: (resting if random.random() < share else anywhere)(
        position, random
    )


def leaning(times: float = 4.0, mean_hours: float = 12) -> Rule:
    """Close at random, so many times as readily in a gain: the habit itself."""

    def rule(position: Position, random: np.random.Generator) -> Exit | None:
        hazard = np.where(position.gain > 0, times, 1.0) / (60 * mean_hours)
        return position.at(position.first(random.random(len(hazard)) < hazard))

    return rule


@dataclass(frozen=True)
class Style:
    """How somebody enters: how long they wait, at which hours, on which sides."""

    wait_hours: float = 4
    hours: tuple[float, float] = AWAKE
    sides: tuple[int, ...] = (1,)

    def entry(self, minute: int, random: np.random.Generator) -> int:
        """Return the next minute at which somebody who is awake enters."""
        while True:
            minute += 1 + int(random.exponential(60 * self.wait_hours))
            if self.hours[0] <= minute % DAY / 60 < self.hours[1]:
                return minute


def single_exits(rule: Rule, prices: Floats, style: Style, random: np.random.Generator) -> Orders:
    """Enter at any time and leave by the rule, one position at a time."""
    minute = style.entry(LEAD, random)
    while minute < len(prices) - DAY:
        side = int(random.choice(style.sides))
        position = Position(prices[minute:], prices[: minute + 1], side)
        closed = rule(position, random)
        if closed is None:
            return
        size = float(random.lognormal(0, 0.4))
        yield minute, side, size, float(prices[minute])
        minute += closed.minutes
        yield minute, -side, size, closed.price
        minute = style.entry(minute, random)


STEP = math.log(1.01)


def steps_down(prices: Floats, style: Style, random: np.random.Generator) -> Orders:
    """Add at each percent against the position, close all at a percent above the average."""
    side = style.sides[0]
    height = (side * np.log(prices)).tolist()
    minute = style.entry(LEAD, random)
    while minute < len(prices) - 3 * DAY:
        bought = [height[minute]]
        yield minute, side, 1.0, math.exp(side * bought[0])
        while minute < len(prices) - 1 and height[minute] < sum(bought) / len(bought) + STEP:
            minute += 1
            if height[minute] <= bought[-1] - STEP and len(bought) < 8:
                bought.append(bought[-1] - STEP)
                yield minute, side, 1.0, math.exp(side * bought[-1])
        yield minute, -side, float(len(bought)), float(prices[minute])
        minute = style.entry(minute, random)


def grid(prices: Floats, _style: Style, _random: np.random.Generator) -> Orders:
    """Buy one at each percent below the last order, sell one at each percent above it."""
    height = np.log(prices).tolist()
    last, held = height[LEAD], 1
    yield LEAD, 1, 1.0, math.exp(last)
    for minute in range(LEAD + 1, len(prices)):
        if abs(height[minute] - last) < STEP:
            continue
        side = 1 if height[minute] < last else -1
        last -= STEP * side
        if side > 0 or held > 1:
            held += side
            yield minute, side, 1.0, math.exp(last)


RULES: dict[str, Rule] = {
    "blind": blind(),
    "slow": blind(40),
    "leaning": leaning(),
    "bracket": bracket(0.015, 0.03),
    "trailing": trailing(0.02),
    "above_mean": above_mean(),
    "by_hand": by_hand(),
    "loose": loose(),
}
MAKERS: dict[str, Callable[[Floats, Style, np.random.Generator], Orders]] = {
    **{name: partial(single_exits, rule) for name, rule in RULES.items()},
    "ladder": steps_down,
    "grid": grid,
}


@pytest.fixture(scope="session")
def trader(make_fills: MakeFills) -> Callable[..., Account]:
    """Make an account of a kind of trader, with candles of so many minutes."""

    @cache
    def made(
        kind: str,
        seed: int,
        sides: tuple[int, ...] = (1,),
        step: int = QUARTER,
        wait_hours: float = 4,
        days: int = DAYS,
    ) -> Account:
        prices, random = walk(seed, days), np.random.default_rng([11, seed])
        style = Style(wait_hours, sides=sides)
        rows = [
            (minute, coin, side, size, price)
            for coin, path in zip(COINS, prices.price, strict=True)
            for minute, side, size, price in MAKERS[kind](path, style, random)
        ]
        fills = make_fills(
            [
                ((minute - LEAD) / 60, coin, "buy" if side > 0 else "sell", size, price)
                for minute, coin, side, size, price in sorted(rows)
            ]
        )
        return Account(fills, prices.candles(step), days=days)

    return made
