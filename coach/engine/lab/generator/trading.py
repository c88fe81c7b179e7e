"""A trader's history, event by event.

A decision at a bar knows the closes before it and is filled somewhere inside it. Positions are long
and one per symbol. The rational part leaves after a time that knows nothing of profit.
"""

import heapq
from dataclasses import dataclass
from functools import partial

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import Stream, one_by_one
from coach.engine.lab.generator.clocks import Clocks
from coach.engine.lab.generator.intensity import intensity
from coach.engine.lab.generator.market import Market
from coach.engine.lab.generator.orders import UNITS, Desk, Execution
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import HABITS, Habit, TraderPlan
from coach.engine.lab.generator.wishes import Wish, wishes

SIZE_SPREAD = 0.3
IN_STEPS = 0.08
LONGEST_STREAK = 4
MOST_ADDS = 6
SAME_COIN = 0.6
LEAST_MONEY = 10.0
ORDINARY_BAR = 0.0045  # the usual move of a bar at which a volatility target takes its stake
LOTTERY = (5, 4)
LOTTERY_SHARE = 0.25
GROWTH = 0.5  # of the money, by each deposit


@dataclass(slots=True)
class Position:
    """What is held of a symbol; `paid` without fees. `version` outdates earlier decisions."""

    symbol: int
    units: int = 0
    paid: float = 0.0
    got: float = 0.0
    spent: float = 0.0
    fees: float = 0.0
    version: int = 0
    adds: int = 0

    @property
    def cost(self) -> float:
        """Return the average cost of a whole coin."""
        return self.paid * UNITS / self.units


@dataclass(frozen=True, slots=True)
class Deed:
    """What is due with a position, unless it has changed since."""

    position: Position
    version: int
    share: float
    habit: Habit | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money comes in, half of what the trader began with or had after the last one."""


Due = Wish | Deed | Deposit


class Trading:
    """One trader at work; `play` returns the executions in order of time."""

    def __init__(self, market: Market, plan: TraderPlan, who: Person) -> None:
        self._market, self._plan, self._who = market, plan, who
        self._desk = Desk(market, who.fee_rate, who.stream("fills"))
        self._clocks = Clocks(market, plan, who)
        self._sizes = one_by_one(partial(_lognormals, who.stream("sizes")))
        self._choices = one_by_one(who.stream("choices").uniforms)
        self._revenge = one_by_one(who.stream("revenge").uniforms)
        self._gambles = one_by_one(who.stream("lottery").uniforms)
        self._strength = {habit: intensity(market, plan, habit) for habit in HABITS}
        self._held: dict[int, Position] = {}
        self._base = self._cash = self._equity = who.start_equity
        self._streak = 0
        self._agenda: list[tuple[float, int, Due]] = []
        self._number = 0
        self.deposits: list[tuple[float, float]] = []

    def play(self) -> list[Execution]:
        """Live through the whole market."""
        for wish in wishes(self._market, self._plan, self._who):
            self._note(wish.at, wish)
        span = self._market.bars - self._market.first
        for share in self._who.stream("deposits").uniforms(self._plan.deposits).tolist():
            self._note(self._market.first + share * span, Deposit())
        end = self._market.bars - 1
        while self._agenda:
            at, _, due = heapq.heappop(self._agenda)
            if at >= end:
                break
            if isinstance(due, Wish):
                self._enter(at, due)
            elif isinstance(due, Deposit):
                self._deposit(at)
            elif due.version == due.position.version:
                self._act(at, due)
        return sorted(self._desk.done)

    def _note(self, at: float, due: Due) -> None:
        self._number += 1
        heapq.heappush(self._agenda, (at, self._number, due))

    def _deposit(self, at: float) -> None:
        money = round(GROWTH * self._base, 2)
        self._base += money
        self._cash += money
        self._equity += money
        self.deposits.append((at, money))

    def _k(self, habit: Habit, at: float) -> float:
        strength = self._strength[habit]
        return 0.0 if strength is None else float(strength[int(at)])

    def _enter(self, at: float, wish: Wish) -> None:
        symbol, habits = self._symbol(at, wish)
        if symbol is None:
            return
        position = self._held.get(symbol)
        if position is None:
            position = Position(symbol)
            factor, more = self._escalated(at, wish.habit)
            self._buy(at, position, factor, (*habits, *more))
        else:
            self._buy(at, position, 1.0, habits)

    def _symbol(self, at: float, wish: Wish) -> tuple[int | None, tuple[Habit, ...]]:
        """Return the coin that is bought, if any, and the habits behind that."""
        habits = (wish.habit,) if wish.habit else ()
        if not habits and next(self._gambles) < LOTTERY_SHARE * self._k("lottery", at):
            ticket = next((coin for coin in LOTTERY if coin not in self._held), None)
            return ticket, ("lottery",)
        dice = next(self._choices), next(self._choices)
        if wish.symbol not in self._held:
            return wish.symbol, habits
        if wish.habit in {"fomo", "regret_repurchase"}:
            return None, ()
        if self._plan.archetype == "dca_plan" or (not habits and dice[0] < self._who.way.adds):
            return wish.symbol, habits
        if self._plan.archetype in {"momentum_rule", "meanrev_rule"} and not habits:
            return None, ()
        return self._another(dice[1]), habits

    def _another(self, dice: float) -> int | None:
        """Return a coin that is not held, as the trader likes them."""
        free = [
            (coin, liking)
            for coin, liking in enumerate(self._who.taste.tolist())
            if coin not in self._held and liking > 0.0
        ]
        left = dice * sum(liking for _, liking in free)
        for coin, liking in free:
            left -= liking
            if left <= 0.0:
                return coin
        return None

    def _escalated(self, at: float, habit: Habit | None) -> tuple[float, tuple[Habit, ...]]:
        """Return what the habits make of a size, and which of them did."""
        factor = 1.0
        if habit == "revenge":
            factor = 1.3 + 0.5 * self._k("revenge", at)
        if habit == "fomo":
            factor = 1.0 + 0.5 * self._k("fomo", at)
        after: Habit = "size_after_win" if self._streak > 0 else "size_after_loss"
        k = self._k(after, at)
        if not k or not self._streak:
            return factor, ()
        for _ in range(min(abs(self._streak), LONGEST_STREAK)):
            factor *= 1.0 + 0.35 * k
        return factor, (after,)

    def _money(self, at: float, symbol: int) -> float:
        """Return what a rational entry of this kind costs."""
        if self._plan.archetype == "dca_plan":
            return self._who.stake * self._base
        whole = self._equity if self._plan.archetype == "compounder" else self._base
        money = self._who.stake * whole * next(self._sizes)
        if self._plan.archetype == "voltarget":
            usual = float(self._market.usual[symbol, int(at) - 1])
            money *= min(max(ORDINARY_BAR / usual, 0.3), 3.0)
        return money

    def _buy(self, at: float, position: Position, factor: float, habits: tuple[Habit, ...]) -> None:
        money = min(self._money(at, position.symbol) * factor, 0.98 * self._cash)
        if money < LEAST_MONEY:
            return
        units = int(money / self._desk.price(at, position.symbol) * UNITS)
        paid, fees = self._desk.fill(at, position.symbol, units, habits)
        self._held[position.symbol] = position
        position.units += units
        position.paid += paid
        position.spent += paid
        position.fees += fees
        self._cash -= paid + fees
        self._plan_ahead(at, position)

    def _plan_ahead(self, at: float, position: Position) -> None:
        """Decide anew what becomes of a position: leave, panic or add, whichever is first."""
        position.version += 1
        since = int(at)
        leave = self._clocks.exit(position.symbol, position.cost, since)
        until = self._market.bars - 1 if leave is None else leave
        deed = Deed(position, position.version, 1.0)
        if next(self._choices) < IN_STEPS:
            deed = Deed(position, position.version, 0.5)
        self._note(until + next(self._choices), deed)
        panic = self._clocks.panic(position.symbol, since, until)
        if panic is not None:
            fled = Deed(position, position.version, 1.0, "panic_selling")
            self._note(panic + next(self._choices), fled)
        if position.adds < MOST_ADDS:
            add = self._clocks.average_down(position.symbol, position.cost, since, until)
            if add is not None:
                more = Deed(position, position.version, 0.0, "averaging_down")
                self._note(add + next(self._choices), more)

    def _act(self, at: float, deed: Deed) -> None:
        habits = (deed.habit,) if deed.habit else ()
        if deed.habit == "averaging_down":
            deed.position.adds += 1
            self._buy(at, deed.position, 1.0, habits)
        else:
            self._sell(at, deed.position, deed.share, habits)

    def _sell(self, at: float, position: Position, share: float, habits: tuple[Habit, ...]) -> None:
        units = max(int(position.units * share), 1)
        got, fees = self._desk.fill(at, position.symbol, -units, habits)
        position.paid -= position.paid * units / position.units
        position.units -= units
        position.got += got
        position.fees += fees
        self._cash += got - fees
        if position.units:
            self._plan_ahead(at, position)
            return
        position.version += 1
        del self._held[position.symbol]
        self._closed(at, position, got / units * UNITS)

    def _closed(self, at: float, position: Position, price: float) -> None:
        net = position.got - position.spent - position.fees
        self._equity += net
        if net < 0.0:
            self._streak = min(self._streak, 0) - 1
            self._chase(at, position.symbol)
            return
        self._streak = max(self._streak, 0) + 1
        again = self._clocks.regret(position.symbol, price, int(at))
        if again is not None:
            at = again + next(self._choices)
            self._note(at, Wish(at, position.symbol, "regret_repurchase"))

    def _chase(self, at: float, symbol: int) -> None:
        """Perhaps want back, within the next two bars, what was just lost."""
        k = self._k("revenge", at)
        dice = [next(self._revenge) for _ in range(5)]
        if not k or dice[0] >= 0.1 + 0.35 * k:
            return
        back = int(at) + 1 + round(dice[1]) + dice[2]
        other = None if dice[3] < SAME_COIN else self._another(dice[4])
        self._note(back, Wish(back, symbol if other is None else other, "revenge"))


def _lognormals(stream: Stream, count: int) -> Floats:
    return arithmetic.exp(SIZE_SPREAD * stream.normals(count))
