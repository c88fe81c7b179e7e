"""Rules that build a position in planned steps: ladders, safety orders and pyramids."""

from typing import NamedTuple

from coach.engine.lab.generator.arithmetic import power, total
from coach.engine.lab.generator.market import BARS_AN_HOUR
from coach.engine.lab.generator.rules import indicators
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule

PERCENT = 0.01
NO_STOP = 1.0
NEVER = 10**9


class Ladder(NamedTuple):
    """The plan of a ladder: how far below the first fill each add lies, and its size.

    Depths, `target` above the average and `stop` below the first fill are shares of a price; sizes
    count in first orders; `rest` is the pause in bars after it is closed.
    """

    depths: tuple[float, ...]
    sizes: tuple[float, ...]
    target: float
    stop: float
    longest: int
    rest: int


def scale_in(ground: RuleGround) -> list[SymbolRule]:
    """Return planned tranches: a first entry, more below it, one target, one stop for all."""
    draw = ground.draw
    steps, spacing = draw.whole(2, 4), draw.step(0.8, 2.2, 0.1) * PERCENT
    growth = 1.0 if draw.chance(0.5) else draw.step(1.2, 2.0, 0.1)
    ladder = Ladder(
        depths=tuple(spacing * (step + 1) for step in range(steps)),
        sizes=tuple(power(growth, step + 1) for step in range(steps)),
        target=spacing * draw.between(0.6, 1.4),
        stop=spacing * (steps + draw.between(1.0, 2.0)),
        longest=draw.whole(48, 140) * BARS_AN_HOUR,
        rest=0,
    )
    return [LadderRule(ground, symbol, ladder) for symbol in ground.coins(1, 3)]


def martingale_bot(ground: RuleGround) -> list[SymbolRule]:
    """Return a bot with safety orders: ever larger and deeper, a profit target and no stop."""
    draw = ground.draw
    deviation, scale = draw.step(0.8, 2.0, 0.1) * PERCENT, draw.step(1.0, 1.4, 0.05)
    volume = draw.step(1.1, 1.6, 0.05)
    depth, depths = 0.0, []
    for step in range(draw.whole(4, 7)):
        depth += deviation * power(scale, step)
        depths.append(depth)
    ladder = Ladder(
        depths=tuple(depths),
        sizes=tuple(power(volume, step + 1) for step in range(len(depths))),
        target=draw.step(0.8, 1.8, 0.1) * PERCENT,
        stop=NO_STOP,
        longest=NEVER,
        rest=draw.whole(1, 6),
    )
    return [LadderRule(ground, symbol, ladder) for symbol in ground.coins(1, 3)]


class LadderRule:
    """A ladder on one symbol; a pause after its end, or the next wanted entry, begins another."""

    def __init__(self, ground: RuleGround, symbol: int, ladder: Ladder) -> None:
        self._desk = ground.desk(symbol)
        self._wanted = ground.wanted[symbol].tolist()
        self._stakes = ground.stakes(symbol)
        self._ladder = ladder
        self._share = 2.0 / (1.0 + total(ladder.sizes))
        self._first, self._money, self._step = 0.0, 0.0, 0
        self._free = ground.market.first

    def act(self, bar: int) -> None:
        """Begin, or let the resting orders work."""
        desk, ladder = self._desk, self._ladder
        if not desk.units:
            if bar >= self._free if ladder.rest else self._wanted[bar]:
                self._begin(bar)
            return
        if self._closed(bar):
            self._free = bar + ladder.rest
            return
        while self._step < len(ladder.depths) and self._added(bar):
            self._step += 1

    def _begin(self, bar: int) -> None:
        desk = self._desk
        self._money, self._step = next(self._stakes) * self._share, 0
        if desk.trade(bar, desk.worth(self._money, desk.close[bar - 1])):
            self._first = desk.cost

    def _added(self, bar: int) -> bool:
        desk, ladder = self._desk, self._ladder
        price = self._first * (1.0 - ladder.depths[self._step])
        units = desk.worth(self._money * ladder.sizes[self._step], price)
        return desk.limit(bar, units, price)

    def _closed(self, bar: int) -> bool:
        desk, ladder = self._desk, self._ladder
        if bar == desk.opened:
            return False
        if ladder.stop < NO_STOP and desk.stop(bar, -desk.units, self._first * (1.0 - ladder.stop)):
            return True
        if desk.limit(bar, -desk.units, desk.cost * (1.0 + ladder.target)):
            return True
        if bar - desk.opened >= ladder.longest:
            desk.leave(bar)
        return not desk.units


class Pyramid(NamedTuple):
    """The plan of a pyramid; `add_every` and `trail` count in true ranges at the entry."""

    adds: int
    add_every: float
    shrink: float
    trail: float


def pyramid_trend(ground: RuleGround) -> list[SymbolRule]:
    """Return a trend follower: in at a new high, adds as it rises, out at a trailing stop."""
    draw = ground.draw
    hours = draw.whole(12, 36)
    plan = Pyramid(draw.whole(2, 4), draw.between(0.7, 1.5), draw.between(0.5, 1.0), 0.0)
    plan = plan._replace(trail=draw.between(1.8, 3.5))
    return [PyramidRule(ground, symbol, plan, hours) for symbol in ground.coins(2, 4)]


class PyramidRule:
    """A pyramid on one symbol."""

    def __init__(self, ground: RuleGround, symbol: int, plan: Pyramid, hours: int) -> None:
        self._desk = ground.desk(symbol)
        self._stakes = ground.stakes(symbol)
        self._plan = plan
        high = indicators.highest(ground.market.high[symbol], hours * BARS_AN_HOUR)
        self._highest, self._range = high.tolist(), ground.true_range(symbol).tolist()
        self._active = ground.active.tolist()
        self._entered = self._peak = self._unit = self._money = 0.0
        self._adds = 0

    def act(self, bar: int) -> None:
        """Trail the stop behind the highest price since the entry, and add as it rises."""
        desk, plan = self._desk, self._plan
        if not desk.units:
            self._break_out(bar)
            return
        if desk.stop(bar, -desk.units, self._peak - plan.trail * self._unit):
            return
        level = desk.close[bar - 1]
        due = self._entered + (self._adds + 1) * plan.add_every * self._unit
        if self._adds < plan.adds and self._active[bar] and level > due:
            self._adds += 1
            desk.trade(bar, desk.worth(self._money * power(plan.shrink, self._adds), level))
        self._peak = max(self._peak, desk.high[bar])

    def _break_out(self, bar: int) -> None:
        desk = self._desk
        if not (self._active[bar] and desk.close[bar - 1] > self._highest[bar - 2]):
            return
        self._money = next(self._stakes) / 2.0
        if desk.trade(bar, desk.worth(self._money, desk.close[bar - 1])):
            self._entered = self._peak = desk.cost
            self._unit, self._adds = self._range[bar - 1], 0
