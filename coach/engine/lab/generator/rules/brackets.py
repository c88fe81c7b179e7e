"""Brackets: a target and a stop are placed with the entry, at a fixed ratio of distances.

The distance is a fixed percentage, or a multiple of the average true range at the entry. Some
traders also leave after a fixed time.
"""

from coach.engine.lab.generator.market import BARS_AN_HOUR
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule

PERCENT = 0.01
SOME = 0.3
NEVER = 10**9


def brackets(ground: RuleGround, target: float, stop: float) -> list[SymbolRule]:
    """Return a bracket on each coin, with the target `target` distances away, the stop `stop`."""
    draw = ground.draw
    by_range = draw.chance(0.5)
    distance = draw.between(1.0, 2.2) if by_range else draw.step(0.6, 1.8, 0.1) * PERCENT
    longest = draw.whole(12, 72) * BARS_AN_HOUR if draw.chance(SOME) else NEVER
    return [
        BracketRule(ground, symbol, (target * distance, stop * distance), longest, by_range)
        for symbol in ground.coins(2, 4)
    ]


class BracketRule:
    """A bracket on one symbol; one position at a time."""

    def __init__(
        self,
        ground: RuleGround,
        symbol: int,
        distances: tuple[float, float],
        longest: int,
        by_range: bool,
    ) -> None:
        self._desk = ground.desk(symbol)
        self._wanted = ground.wanted[symbol].tolist()
        self._stakes = ground.stakes(symbol)
        self._target, self._stop = distances
        self._longest = longest
        ranges = ground.true_range(symbol)
        self._unit = ranges.tolist() if by_range else self._desk.close
        self._levels = (0.0, 0.0)

    def act(self, bar: int) -> None:
        """Enter where an entry is wanted, else let the resting orders work."""
        desk = self._desk
        if not desk.units:
            if self._wanted[bar]:
                self._enter(bar)
        elif not self._left(bar) and bar - desk.opened >= self._longest:
            desk.leave(bar)

    def _enter(self, bar: int) -> None:
        desk, unit = self._desk, self._unit[bar - 1]
        if desk.trade(bar, desk.worth(next(self._stakes), desk.close[bar - 1])):
            self._levels = desk.cost + self._target * unit, desk.cost - self._stop * unit

    def _left(self, bar: int) -> bool:
        desk, (target, stop) = self._desk, self._levels
        return desk.stop(bar, -desk.units, stop) or desk.limit(bar, -desk.units, target)
