"""Pairs: long the one coin and short the other, in and out of both together."""

from typing import NamedTuple

import numpy as np

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.market import BARS_AN_HOUR
from coach.engine.lab.generator.rules import indicators
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule


class PairPlan(NamedTuple):
    """When a pair is traded, in standard deviations of its price ratio, and for how many bars."""

    enter: float
    leave: float
    give_up: float
    longest: int


def pairs(ground: RuleGround) -> list[SymbolRule]:
    """Return one or two pairs of favourites; no coin is in two of them."""
    draw = ground.draw
    hours = draw.whole(10, 40)
    plan = PairPlan(
        enter=draw.step(1.4, 2.2, 0.1),
        leave=draw.step(0.0, 0.5, 0.1),
        give_up=draw.between(3.5, 5.0),
        longest=draw.whole(24, 96) * BARS_AN_HOUR,
    )
    order = np.argsort(-ground.who.taste, kind="stable").tolist()
    couples = [(order[0], order[1]), (order[2], order[3])][: draw.whole(1, 2)]
    return [PairRule(ground, couple, plan, hours) for couple in couples]


class PairRule:
    """One pair; both legs are worth the same at the entry."""

    def __init__(
        self, ground: RuleGround, couple: tuple[int, int], plan: PairPlan, hours: int
    ) -> None:
        self._first, self._second = (ground.desk(symbol) for symbol in couple)
        self._stakes = ground.stakes(couple[0])
        self._plan = plan
        self._score = _scores(ground, couple, hours * BARS_AN_HOUR).tolist()
        self._active = ground.active.tolist()
        self._side = 0

    def act(self, bar: int) -> None:
        """Enter where the ratio is far from its mean, leave where it has come back."""
        if not self._active[bar]:
            return
        score = self._score[bar - 1]
        if not self._first.units:
            if self._plan.enter < abs(score) < self._plan.give_up:
                self._enter(bar, -1 if score > 0.0 else 1)
            return
        towards = -score * self._side
        late = bar - self._first.opened >= self._plan.longest
        if towards <= self._plan.leave or towards > self._plan.give_up or late:
            self._first.leave(bar)
            self._second.leave(bar)

    def _enter(self, bar: int, side: int) -> None:
        money = next(self._stakes)
        prices = self._first.close[bar - 1], self._second.close[bar - 1]
        units = self._first.worth(money, prices[0]), self._second.worth(money, prices[1])
        if all(units):
            self._side = side
            self._first.trade(bar, side * units[0])
            self._second.trade(bar, -side * units[1])


def _scores(ground: RuleGround, couple: tuple[int, int], length: int) -> Floats:
    first, second = (arithmetic.log(ground.market.close[symbol]) for symbol in couple)
    ratio = first - second
    mean = indicators.moving_mean(ratio, length)
    deviation = indicators.moving_deviation(ratio, length)
    found: Floats = (ratio - mean) / np.where(deviation > 0.0, deviation, np.nan)
    return found
