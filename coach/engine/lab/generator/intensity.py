"""How strong each planted habit is, bar by bar."""

import numpy as np

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Flags, Floats
from coach.engine.lab.generator.market import BARS_A_DAY, GeneratedMarket
from coach.engine.lab.generator.plans import HABITS, Habit, TraderPlan

SUREST = 0.95


def intensity(market: GeneratedMarket, plan: TraderPlan, habit: Habit) -> Floats | None:
    """Return a habit's intensity in each bar, or None where it was not planted."""
    strength = plan.biases.get(habit, 0.0)
    if strength <= 0.0:
        return None
    day = (np.arange(market.bars) - market.first) // BARS_A_DAY
    found = np.full(market.bars, strength)
    found[day < (plan.onset_day or 0)] = 0.0
    if plan.offset_day is not None:
        found[day >= plan.offset_day] = 0.0
    if plan.coached_day is not None:
        found[day >= plan.coached_day] *= plan.response
    if plan.regime != 1.0:
        found[_stormy(market)] *= plan.regime
    return found


class Strengths:
    """The intensity of every planted habit at any time."""

    def __init__(self, market: GeneratedMarket, plan: TraderPlan) -> None:
        self._found = {habit: intensity(market, plan, habit) for habit in HABITS}

    def at(self, habit: Habit, at: float) -> float:
        """Return a habit's intensity at a time in bars; 0 where it was not planted."""
        strength = self._found[habit]
        return 0.0 if strength is None else float(strength[int(at)])


def hazard(chances: Floats) -> Floats:
    """Return the hazard of a bar in which something happens with these chances."""
    return -arithmetic.log(1.0 - np.minimum(chances, SUREST))


def _stormy(market: GeneratedMarket) -> Flags:
    level = np.cumsum(market.usual / market.usual[:, -1:], axis=0)[-1]
    stormy: Flags = level > np.median(level)
    return stormy
