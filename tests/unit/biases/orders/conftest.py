"""Trades order by order beside their candles, and made-up traders that can be bent.

1 09:00 buy BTC-USD 2 @ 100
1 09:40:30 sell BTC-USD 2 @ 101

The first word is the day of the scene. Candles are given as closes of quarter hours from the
beginning of day 1; before it lie eight days in which the price goes up and down by 0.1 %.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest

from coach.engine.biases.detector import Detector, Measurement, Window
from coach.engine.biases.measures.sales.looks import PositionLooks, looks, typical_step
from coach.engine.biases.measures.sizes.held import candles
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.context import Context, context
from coach.engine.features.series import in_order
from coach.engine.lab import judge
from coach.engine.lab.generator.market import market as made_market
from coach.engine.lab.generator.plans import Archetype, Habit, TraderPlan
from coach.engine.lab.generator.run import trader
from coach.engine.lab.judge import LabFill
from coach.engine.statistics.arrays import Floats
from coach.model.plans import Plan
from coach.model.times import DAY_US

QUARTER_US = 900_000_000
START_US = 1_772_409_600_000_000  # Monday, 2 March 2026
LEAD = 8 * 96
LINE = re.compile(r"(\d+) (\d+):(\d+)(?::(\d+))? (buy|sell) (\S+) (\S+) @ (\S+)")

Lived = Callable[..., "Life"]
Someone = Callable[..., "Life"]


@dataclass(frozen=True)
class Life:
    """A trader's fills and the candles, to be bent and then asked about."""

    fills: tuple[LabFill, ...]
    market: Market
    start_us: int
    end_us: int
    plans: tuple[Plan, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def past(self) -> judge.Past:
        return judge.past(self.fills, self.market)

    @property
    def context(self) -> Context:
        history = self.past.history
        told = replace(history.trader, plans=self.plans)
        return context(history.beside(history.orders, self.market, told).until(self.end_us))

    @property
    def window(self) -> Window:
        return Window(self.start_us, self.end_us)

    def measured(self, detector: Detector, seed: int = 7) -> Measurement:
        return detector.measure(self.context, self.window, seed)

    def looked(self) -> tuple[PositionLooks, int]:
        """Return the looks and their step in microseconds."""
        known, window = self.context, self.window
        found = candles(known, window.holds(known.history.orders.at_us))
        step_us = typical_step(known, window, found)
        return looks(known, window, found, step_us), step_us

    def scaled(self, factor: int) -> "Life":
        """Return the same life in a currency of which `factor` make one of the old."""
        fills = tuple(
            fill._replace(price=fill.price * factor, fee=fill.fee * factor) for fill in self.fills
        )
        bent = {
            name: bent_bars(one, lambda p: p * factor) for name, one in self.market.bars.items()
        }
        return replace(self, fills=fills, market=Market(bent))

    def mirrored(self) -> "Life":
        """Return the life of who sold where this one bought, while prices did the opposite."""
        fills = tuple(
            fill._replace(
                side="sell" if fill.side == "buy" else "buy",
                price=Decimal(1) / fill.price,
                fee=fill.fee / fill.price**2,
            )
            for fill in self.fills
        )
        bent = {name: bent_bars(one, lambda p: 1 / p) for name, one in self.market.bars.items()}
        return replace(self, fills=fills, market=Market(bent))

    def coarse(self, many: int) -> "Life":
        """Return the life beside bars of which each is `many` of the old."""
        bent = {name: merged(one, many) for name, one in self.market.bars.items()}
        return replace(self, market=Market(bent))

    def gapped(self, from_us: int, to_us: int) -> "Life":
        """Return the life beside candles that know nothing of that time."""
        bent = {name: cut_out(one, from_us, to_us) for name, one in self.market.bars.items()}
        return replace(self, market=Market(bent))

    def beside(self, *more: tuple[str, Bars]) -> "Life":
        """Return the life with further series of its symbols, by the name of the symbol."""
        every: dict[str, list[Bars]] = {name: [one] for name, one in self.market.bars.items()}
        for name, one in more:
            every.setdefault(name, []).append(one)
        whole = {name: series[0] for name, series in every.items()}
        several = {name: in_order(series) for name, series in every.items()}
        return replace(self, market=Market(whole, several))

    def without(self, *symbols: str) -> "Life":
        """Return the life without the candles of these symbols."""
        kept = {name: one for name, one in self.market.bars.items() if name not in symbols}
        return replace(self, market=Market(kept))


def bent_bars(one: Bars, change: Callable[[Floats], Floats]) -> Bars:
    """Return bars with changed prices; where that turns them over, high is low."""
    high, low = change(one.high), change(one.low)
    raw = Columns(
        one.start_us,
        change(one.open),
        np.maximum(high, low),
        np.minimum(high, low),
        change(one.close),
        one.volume,
    )
    return bars(raw, one.source, one.step_us)


def cut_out(one: Bars, from_us: int, to_us: int) -> Bars:
    """Return the bars outside of a time."""
    kept = (one.start_us < from_us) | (one.start_us >= to_us)
    prices = (one.open, one.high, one.low, one.close, one.volume)
    raw = Columns(one.start_us[kept], *(column[kept] for column in prices))
    return bars(raw, one.source, one.step_us)


def merged(one: Bars, many: int) -> Bars:
    """Return bars of `many` old ones each; what is left over at the end is dropped."""
    whole = len(one) // many * many
    first, last = slice(0, whole, many), slice(many - 1, whole, many)
    high = one.high[:whole].reshape(-1, many).max(axis=1)
    low = one.low[:whole].reshape(-1, many).min(axis=1)
    volume = one.volume[:whole].reshape(-1, many).sum(axis=1)
    raw = Columns(one.start_us[first], one.open[first], high, low, one.close[last], volume)
    return bars(raw, one.source, many * one.step_us)


def quarter_hours(closes: Sequence[float]) -> Bars:
    lead = closes[0] * np.where(np.arange(LEAD) % 2, 1.0, 1.001)
    close = np.concatenate([lead, np.asarray(closes, np.float64)])
    before = np.concatenate([close[:1], close[:-1]])
    start = START_US + (np.arange(len(close)) - LEAD) * QUARTER_US
    top, bottom = np.maximum(before, close), np.minimum(before, close)
    raw = Columns(start, before, top, bottom, close, np.full(len(close), 10.0))
    return bars(raw, "scene", QUARTER_US)


@pytest.fixture
def lived(request: pytest.FixtureRequest) -> Lived:
    """Read the trades of the docstring; closes are given per symbol."""

    def life(days: int = 30, plans: tuple[Plan, ...] = (), **closes: Sequence[float]) -> Life:
        lines = (request.function.__doc__ or "").strip().splitlines()
        told = [LINE.fullmatch(line.strip()) for line in lines]
        fills = [fill_of(number, one.groups()) for number, one in enumerate(told, 1) if one]
        market = Market({f"{name}-USD": quarter_hours(one) for name, one in closes.items()})
        return Life(tuple(fills), market, START_US, START_US + days * DAY_US, plans)

    return life


def fill_of(number: int, said: Sequence[str]) -> LabFill:
    day, hour, minute, second, side, symbol, quantity, price = said
    moment = ((int(day) - 1) * 24 + int(hour)) * 3600 + int(minute) * 60 + int(second or 0)
    return LabFill(
        trade_id=f"f{number}",
        at_us=START_US + moment * 1_000_000,
        symbol=symbol,
        side="buy" if side == "buy" else "sell",
        quantity=Decimal(quantity),
        price=Decimal(price),
        fee=Decimal(0),
    )


@pytest.fixture(scope="session")
def someone() -> Someone:
    """Make a trader of a kind with planted habits, over ninety days or fewer."""

    def life(
        archetype: Archetype = "noise",
        habits: dict[Habit, float] | None = None,
        seed: int = 1,
        days: int = 90,
    ) -> Life:
        world = made_market(seed % 3, days)
        made = trader(world, TraderPlan(archetype, archetype, dict(habits or {})), seed)
        prices = zip(
            world.symbols, world.open, world.high, world.low, world.close, world.volume, strict=True
        )
        start = world.start_us + np.arange(world.bars) * world.step_us
        market = Market(
            {name: bars(Columns(start, *rest), "lab", world.step_us) for name, *rest in prices}
        )
        money = zip(made.qty, made.price, made.fee, strict=True)
        fills = [
            LabFill(name, at_us, symbol, "buy" if side == "buy" else "sell", *map(Decimal, rest))
            for name, at_us, symbol, side, rest in zip(
                made.trade_id, made.time_us, made.symbol, made.side, money, strict=True
            )
        ]
        end = world.start_us + world.bars * world.step_us
        return Life(tuple(fills), market, end - days * DAY_US, end, labels=made.labels)

    return life
