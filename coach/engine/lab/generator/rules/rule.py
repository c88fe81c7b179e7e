"""What every rule on one symbol is given, and what it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from coach.engine.lab.generator.arithmetic import Flags, Floats
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.market import BARS_AN_HOUR, GeneratedMarket
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import TraderPlan
from coach.engine.lab.generator.rules import indicators
from coach.engine.lab.generator.rules.desk import RuleDesk, Wallet

DAILY_RANGE_BARS = 14 * BARS_AN_HOUR


class Draw:
    """The parameters of one trader's rule, drawn one after the other."""

    def __init__(self, dice: Iterator[float]) -> None:
        self._dice = dice

    def between(self, low: float, high: float) -> float:
        """Return a number from low to high."""
        return low + (high - low) * next(self._dice)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(next(self._dice) * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Return True in that share of the draws."""
        return next(self._dice) < share

    def step(self, low: float, high: float, grain: float) -> float:
        """Return a number that a person would write: a multiple of `grain`."""
        return round(self.between(low, high) / grain) * grain


class SymbolRule(Protocol):
    """A rule at work on one symbol."""

    def act(self, bar: int) -> None:
        """Do what the rule says in a bar; the closes before it are known."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleGround:
    """All that a rule knows of its trader and the market.

    `active` are the bars in which the trader can act at the market; `wanted` counts, (symbols,
    bars), the entries that are wanted where the rule itself has no signal to enter.
    """

    market: GeneratedMarket
    plan: TraderPlan
    who: Person
    draw: Draw
    wallet: Wallet
    active: Flags
    wanted: Floats
    desks: list[RuleDesk] = field(default_factory=list)

    @property
    def machine(self) -> bool:
        """Whether a program trades, at any hour and within seconds."""
        return self.plan.hours == "round_the_clock"

    def coins(self, least: int, most: int) -> list[int]:
        """Return the favourites, `least` to `most` of them."""
        favourites: list[int] = np.argsort(-self.who.taste, kind="stable").tolist()
        return favourites[: self.draw.whole(least, most)]

    def desk(self, symbol: int) -> RuleDesk:
        """Return the trader's desk for a symbol."""
        dice = one_by_one(self.who.stream(f"dice {symbol}").uniforms)
        desk = RuleDesk(self.market, symbol, self.who, self.wallet, dice)
        self.desks.append(desk)
        return desk

    def stakes(self, symbol: int) -> Iterator[float]:
        """Yield the money of each entry: always the same from a machine, nearly so by hand."""
        usual = min(self.who.stake, 0.2) * self.who.start_equity
        for share in one_by_one(self.who.stream(f"stakes {symbol}").uniforms):
            yield usual if self.machine else usual * (0.7 + 0.6 * share)

    def true_range(self, symbol: int) -> Floats:
        """Return the average true range of an hour, in dollars, by bar."""
        rows = self.market.high[symbol], self.market.low[symbol], self.market.close[symbol]
        found: Floats = 2.0 * indicators.average_true_range(*rows, DAILY_RANGE_BARS)
        return found
