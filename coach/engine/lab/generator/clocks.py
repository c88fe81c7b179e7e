"""When something comes to pass: the first bar in which a summed hazard exceeds an exponential.

Each way in which a position can change has a clock of its own, and the first that rings counts.
"""

from functools import partial

import numpy as np

from coach.engine.lab.generator import habits
from coach.engine.lab.generator.arithmetic import Flags, Floats
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.intensity import hazard, intensity
from coach.engine.lab.generator.market import BARS_A_DAY, GeneratedMarket
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import Habit, TraderPlan

CHUNK = 8 * BARS_A_DAY
A_DAY = BARS_A_DAY**0.5
REGRETS_FOR = BARS_A_DAY
REGRET_BELOW = 0.2  # of a usual day's move
HALFWAY = 0.5
WHOLE_MARKET = 0.7  # of the personal line: coins seldom fall together
READY = 0.2  # awake enough to act on a whim


class Clocks:
    """The clocks of one trader. All times are whole bars; None means not within the market."""

    def __init__(self, market: GeneratedMarket, plan: TraderPlan, who: Person) -> None:
        self._market = market
        self._leaving = who.awake / who.hold_bars
        self._all = np.cumsum(self._leaving)
        self._whims = who.awake > READY
        self._exits = one_by_one(who.stream("exits").exponentials)
        self._moods = one_by_one(who.stream("moods").exponentials)
        self._down = _hazard(market, plan, "averaging_down", habits.ADDS_A_BAR)
        self._lows = _hazard(market, plan, "averaging_down", habits.NEW_LOW)
        self._panic = _hazard(market, plan, "panic_selling", habits.PANIC_A_BAR)
        self._regret = _hazard(market, plan, "regret_repurchase", habits.REGRET_A_BAR)
        disposition = intensity(market, plan, "disposition")
        self._strength = disposition
        self._sooner = None if disposition is None else habits.sooner(disposition)
        self._later = None if disposition is None else habits.later(disposition)
        self._at_limits = plan.way("disposition") == "profit_limits"
        if self._sooner is not None and self._at_limits:
            self._sooner = np.ones(market.bars)
        self._at_lows = plan.way("averaging_down") == "new_lows"
        self._fall = _falls(market, plan)
        self._lines = habits.personal_lines(who.stream("lines"))
        self._limits = one_by_one(who.stream("limits").uniforms)
        self._distances = one_by_one(partial(habits.profit_distances, who.stream("distances")))

    def exit(self, symbol: int, cost: float, since: int) -> int | None:
        """Return when a position of this average cost is left for no reason but time."""
        wait = next(self._exits)
        if self._sooner is None or self._later is None:
            bar = int(np.searchsorted(self._all, self._all[since] + wait, side="right"))
            return bar if bar < self._all.size else None
        close = self._market.close[symbol]
        for begin in range(since + 1, self._all.size, CHUNK):
            bars = slice(begin, begin + CHUNK)
            gains = close[begin - 1 : begin - 1 + CHUNK][: self._leaving[bars].size] > cost
            rates = self._leaving[bars] * np.where(gains, self._sooner[bars], self._later[bars])
            summed = np.cumsum(rates)
            if summed[-1] > wait:
                return begin + int(np.searchsorted(summed, wait, side="right"))
            wait -= float(summed[-1])
        return None

    def profit(self, symbol: int, cost: float, since: int, until: int) -> tuple[int, float] | None:
        """Return when a limit order at a gain is reached, and its price."""
        if self._strength is None or not self._at_limits:
            return None
        chance = habits.profit_chance(float(self._strength[since]))
        day = A_DAY * float(self._market.usual[symbol, since - 1])
        price = cost * (1.0 + day * self._lines.profit * next(self._distances))
        if next(self._limits) >= chance:
            return None
        reached = np.flatnonzero(self._market.high[symbol, since + 1 : until] >= price)
        return (since + 1 + int(reached[0]), price) if reached.size else None

    def panic(self, symbol: int, since: int, until: int) -> int | None:
        """Return when the position is thrown away in a crash."""
        if self._panic is None:
            return None
        line = self._lines.crash
        if self._fall is None:
            falling = self._market.three_hours[symbol, since:until] < -line
        else:
            falling = self._fall[since:until] < -line * WHOLE_MARKET
        return self._ring(self._panic, falling, since + 1)

    def average_down(self, symbol: int, cost: float, since: int, until: int) -> int | None:
        """Return when a losing position is added to: deep below its cost, or at a new low."""
        if self._down is None or self._lows is None:
            return None
        close = self._market.close[symbol, since:until]
        day = A_DAY * self._market.usual[symbol, since:until]
        if not self._at_lows:
            below = close < cost * (1.0 - self._lines.depth * day)
            return self._ring(self._down, below, since + 1)
        lowest = np.minimum.accumulate(close)
        new = np.concatenate((np.zeros(1, np.bool_), close[1:] < lowest[:-1]))[: close.size]
        new &= close < cost * (1.0 - HALFWAY * self._lines.depth * day)
        return self._ring(self._lows, new, since + 1)

    def regret(self, symbol: int, sold_at: float, since: int) -> int | None:
        """Return when a winner that was sold is bought back below the price it was sold at."""
        if self._regret is None:
            return None
        until = min(since + REGRETS_FOR, self._all.size - 1)
        lower = 1.0 - REGRET_BELOW * A_DAY * self._market.usual[symbol, since:until]
        below = self._market.close[symbol, since:until] < sold_at * lower
        return self._ring(self._regret, below, since + 1)

    def _ring(self, rates: Floats, where: Flags, begin: int) -> int | None:
        """Return the bar that rings; `where` is known at the close before each bar."""
        wait = next(self._moods)
        bars = slice(begin, begin + where.size)
        summed = np.cumsum(rates[bars] * (where & self._whims[bars]))
        place = int(np.searchsorted(summed, wait, side="right"))
        return begin + place if place < summed.size else None


def _falls(market: GeneratedMarket, plan: TraderPlan) -> Floats | None:
    """Return the mean move of all coins over three hours where that is what frightens."""
    if plan.way("panic_selling") != "market_falls":
        return None
    fall: Floats = np.cumsum(market.three_hours, axis=0)[-1] / len(market.symbols)
    return fall


def _hazard(
    market: GeneratedMarket, plan: TraderPlan, habit: Habit, chance: float
) -> Floats | None:
    strength = intensity(market, plan, habit)
    return None if strength is None else hazard(chance * strength)
