"""How much money an entry gets, and what the habits make of it."""

from functools import partial

from coach.engine.lab.generator import arithmetic, habits
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import Stream, one_by_one
from coach.engine.lab.generator.intensity import Strengths
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import Habit, TraderPlan

SPREAD = 0.3
ORDINARY_BAR = 0.0045  # the usual move of a bar at which a volatility target takes its stake
LEAST_AND_MOST = (0.3, 3.0)


class Sizes:
    """One trader's sense of size."""

    def __init__(
        self, market: GeneratedMarket, plan: TraderPlan, who: Person, strengths: Strengths
    ) -> None:
        self._usual, self._stake = market.usual, who.stake
        self._plan, self._archetype = plan, plan.archetype
        self._strengths = strengths
        self._factors = one_by_one(partial(_lognormals, who.stream("sizes")))

    def money(self, at: float, symbol: int, base: float, equity: float) -> float:
        """Return what a rational entry costs; only a compounder minds profit and loss."""
        if self._archetype == "dca_plan":
            return self._stake * base
        whole = equity if self._archetype == "compounder" else base
        money = self._stake * whole * next(self._factors)
        if self._archetype == "voltarget":
            least, most = LEAST_AND_MOST
            usual = float(self._usual[symbol, int(at) - 1])
            money *= min(max(ORDINARY_BAR / usual, least), most)
        return money

    def escalated(
        self, at: float, habit: Habit | None, last: tuple[int, float]
    ) -> tuple[float, tuple[Habit, ...]]:
        """Return the factor that habits put on a size, and the one that the last trades are behind.

        `last` is the streak, below zero of losses, and the last trade's gain or loss in per cent.
        """
        factor, (streak, percent) = 1.0, last
        if habit == "revenge":
            factor = habits.revenge_size(self._strengths.at(habit, at))
        if habit == "fomo":
            factor = habits.fomo_size(self._strengths.at(habit, at))
        after: Habit = "size_after_win" if streak > 0 else "size_after_loss"
        k = self._strengths.at(after, at)
        if not k or not streak:
            return factor, ()
        if self._plan.way(after) == "in_proportion":
            return factor * habits.proportional_size(k, percent), (after,)
        return factor * habits.streak_size(k, abs(streak)), (after,)


def _lognormals(stream: Stream, count: int) -> Floats:
    return arithmetic.exp(SPREAD * stream.normals(count))
