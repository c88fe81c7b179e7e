"""Rules that rest orders on both sides of the market: grids, and making a market."""

from typing import NamedTuple

from coach.engine.lab.generator.arithmetic import power
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule

PERCENT = 0.01


class Grid(NamedTuple):
    """The plan of a grid: steps of so large a share of the first price, a stop below the last.

    An arithmetic grid keeps the distance in dollars, a geometric one the ratio. `rest` is the pause
    in bars before a new grid is set up.
    """

    geometric: bool
    levels: int
    step: float
    stop: float | None
    rest: int


def grids(ground: RuleGround, *, geometric: bool) -> list[SymbolRule]:
    """Return a grid bot on each coin."""
    draw = ground.draw
    step = draw.step(0.6, 1.8, 0.1) * PERCENT
    grid = Grid(
        geometric=geometric,
        levels=draw.whole(6, 14),
        step=step,
        stop=step * draw.between(1.0, 3.0) if draw.chance(0.5) else None,
        rest=draw.whole(1, 24),
    )
    return [GridRule(ground, symbol, grid) for symbol in ground.coins(2, 3)]


class GridRule:
    """A grid on one symbol. Each lot is bought at a level and sold one step above it."""

    def __init__(self, ground: RuleGround, symbol: int, grid: Grid) -> None:
        self._desk = ground.desk(symbol)
        self._grid = grid
        self._money = 2.0 * next(ground.stakes(symbol)) / grid.levels
        self._prices: list[float] = []
        self._lots: list[tuple[int, int]] = []
        self._free = ground.market.first

    def act(self, bar: int) -> None:
        """Let the orders of the grid work, or set a new one up."""
        desk = self._desk
        if not self._prices:
            if bar >= self._free:
                self._prices = self._levels(desk.close[bar - 1])
            return
        self._sell(bar)
        self._buy(bar)
        stop = self._grid.stop
        if stop is not None and desk.units:
            below = self._prices[-1] * (1.0 - stop)
            if desk.stop(bar, -desk.units, below):
                self._end(bar)
        elif not desk.units and desk.close[bar] > self._prices[0] * (1.0 + self._grid.step):
            self._end(bar)

    def _levels(self, top: float) -> list[float]:
        steps = range(self._grid.levels + 1)
        if self._grid.geometric:
            return [top / power(1.0 + self._grid.step, step) for step in steps]
        return [top * (1.0 - self._grid.step * step) for step in steps]

    def _sell(self, bar: int) -> None:
        while self._lots and self._lots[-1][1] < bar:
            units, _ = self._lots[-1]
            if not self._desk.limit(bar, -units, self._prices[len(self._lots) - 1]):
                return
            self._lots.pop()

    def _buy(self, bar: int) -> None:
        """Buy at each level that the bar reaches; one that was just sold rests from the next."""
        while len(self._lots) < self._grid.levels:
            price = self._prices[len(self._lots) + 1]
            units = self._desk.worth(self._money, price)
            if price > self._desk.close[bar - 1] or not self._desk.limit(bar, units, price):
                return
            self._lots.append((units, bar))

    def _end(self, bar: int) -> None:
        self._prices, self._lots = [], []
        self._free = bar + self._grid.rest


def market_maker(ground: RuleGround) -> list[SymbolRule]:
    """Return a maker of one or two markets."""
    draw = ground.draw
    quotes = QuotePlan(
        spread=draw.between(0.7, 1.2),
        skew=draw.between(0.1, 0.3),
        most=draw.whole(2, 5),
        shorts=draw.chance(0.4),
    )
    return [MarketMaker(ground, symbol, quotes) for symbol in ground.coins(1, 2)]


class QuotePlan(NamedTuple):
    """How a market is made: half the spread in hourly ranges, and how it leans with each lot held.

    At most `most` lots are held, or owed where `shorts` are allowed.
    """

    spread: float
    skew: float
    most: int
    shorts: bool


class MarketMaker:
    """QuotePlan on both sides of the last close, made anew every bar."""

    def __init__(self, ground: RuleGround, symbol: int, quotes: QuotePlan) -> None:
        self._desk = ground.desk(symbol)
        self._quotes = quotes
        self._money = next(ground.stakes(symbol)) / quotes.most
        self._range = ground.true_range(symbol).tolist()
        self._lot = 0

    def act(self, bar: int) -> None:
        """Quote a bid and an ask, leaning towards an empty book."""
        desk, quotes = self._desk, self._quotes
        level, unit = desk.close[bar - 1], self._range[bar - 1]
        if not desk.units:
            self._lot = desk.worth(self._money, level)
        if not self._lot:
            return
        held = desk.units // self._lot
        bid = level - (quotes.spread + quotes.skew * held) * unit
        ask = level + (quotes.spread - quotes.skew * held) * unit
        if held < quotes.most:
            desk.limit(bar, self._lot, min(bid, level))
        if held > (-quotes.most if quotes.shorts else 0):
            desk.limit(bar, -self._lot, max(ask, level))
