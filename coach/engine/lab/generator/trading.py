"""A trader's history, event by event.

A decision at a bar knows the closes before it and is filled somewhere inside it. Positions are long
and one per symbol. The rational part leaves after a time that knows nothing of profit.
"""

import heapq

from coach.engine.lab.generator import habits
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.clocks import Clocks
from coach.engine.lab.generator.intensity import Strengths
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.orders import UNITS, Execution, Venue
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import Habit, TraderPlan
from coach.engine.lab.generator.positions import Deed, Deposit, GeneratedPosition
from coach.engine.lab.generator.sizes import Sizes
from coach.engine.lab.generator.wishes import WishedEntry, wishes

IN_STEPS = 0.08
MOST_ADDS = 6
SAME_COIN = 0.6
LEAST_MONEY = 10.0
AT_MOST = 0.9  # of the cash: a price may move before the fill, and fees are to be paid
LOTTERY = (5, 4)
GROWTH = 0.5  # of the money, by each deposit


Due = WishedEntry | Deed | Deposit


class Trading:
    """One trader at work; `play` returns the executions in order of time."""

    def __init__(self, market: GeneratedMarket, plan: TraderPlan, who: Person) -> None:
        self._market, self._plan, self._who = market, plan, who
        self._desk = Venue(market, who.fee_rate, who.stream("fills"))
        self._clocks = Clocks(market, plan, who)
        self._strengths = Strengths(market, plan)
        self._sizes = Sizes(market, plan, who, self._strengths)
        self._choices = one_by_one(who.stream("choices").uniforms)
        self._revenge = one_by_one(who.stream("revenge").uniforms)
        self._gambles = one_by_one(who.stream("lottery").uniforms)
        self._held: dict[int, GeneratedPosition] = {}
        self._base = self._cash = self._equity = who.start_equity
        self._streak = 0
        self._last_percent = 0.0
        self._pause = habits.personal_lines(who.stream("lines")).pause
        self._pauses = one_by_one(who.stream("pauses").exponentials)
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
            if isinstance(due, WishedEntry):
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

    def _enter(self, at: float, wish: WishedEntry) -> None:
        symbol, shown = self._symbol(at, wish)
        if symbol is None:
            return
        position = self._held.get(symbol)
        if position is None:
            position = GeneratedPosition(symbol)
            factor, more = self._sizes.escalated(at, wish.habit, (self._streak, self._last_percent))
            self._buy(at, position, factor, (*shown, *more))
        else:
            self._buy(at, position, 1.0, shown)

    def _symbol(self, at: float, wish: WishedEntry) -> tuple[int | None, tuple[Habit, ...]]:
        """Return the coin that is bought, if any, and the habits behind that."""
        shown = (wish.habit,) if wish.habit else ()
        gambling = habits.LOTTERY_SHARE * self._strengths.at("lottery", at)
        if not shown and next(self._gambles) < gambling:
            ticket = next((coin for coin in LOTTERY if coin not in self._held), None)
            return ticket, ("lottery",)
        dice = next(self._choices), next(self._choices)
        if wish.symbol not in self._held:
            return wish.symbol, shown
        if wish.habit in {"fomo", "regret_repurchase"}:
            return None, ()
        if self._plan.archetype == "dca_plan" or (not shown and dice[0] < self._who.way.adds):
            return wish.symbol, shown
        if self._plan.archetype in {"momentum_rule", "meanrev_rule"} and not shown:
            return None, ()
        return self._another(dice[1]), shown

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

    def _buy(
        self, at: float, position: GeneratedPosition, factor: float, shown: tuple[Habit, ...]
    ) -> None:
        money = self._sizes.money(at, position.symbol, self._base, self._equity)
        money = min(money * factor, AT_MOST * self._cash)
        if money < LEAST_MONEY:
            return
        units = int(money / self._desk.price(at, position.symbol) * UNITS)
        paid, fees = self._desk.fill(at, position.symbol, units, shown)
        self._held[position.symbol] = position
        position.bought(units, paid, fees)
        self._cash -= paid + fees
        self._plan_ahead(at, position)

    def _plan_ahead(self, at: float, position: GeneratedPosition) -> None:
        """Decide anew what becomes of a position: leave, panic or add, whichever is first."""
        position.version += 1
        since = int(at)
        leave = self._clocks.exit(position.symbol, position.cost, since)
        until = self._market.bars - 1 if leave is None else leave
        deed = Deed(position, position.version, 1.0)
        if next(self._choices) < IN_STEPS:
            deed = Deed(position, position.version, 0.5)
        self._note(until + next(self._choices), deed)
        gain = self._clocks.profit(position.symbol, position.cost, since, until)
        if gain is not None:
            taken = Deed(position, position.version, 1.0, None, gain[1])
            self._note(gain[0] + next(self._choices), taken)
        self._plan_habits(position, since, until)

    def _plan_habits(self, position: GeneratedPosition, since: int, until: int) -> None:
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
        shown = (deed.habit,) if deed.habit else ()
        if deed.habit == "averaging_down":
            deed.position.adds += 1
            self._buy(at, deed.position, 1.0, shown)
        else:
            self._sell(at, deed, shown)

    def _sell(self, at: float, deed: Deed, shown: tuple[Habit, ...]) -> None:
        position = deed.position
        units = max(int(position.units * deed.share), 1)
        if deed.limit is None:
            got, fees = self._desk.fill(at, position.symbol, -units, shown)
        else:
            price = max(deed.limit, self._desk.opening(at, position.symbol))
            got, fees = self._desk.fill_at(at, position.symbol, -units, price)
        position.sold(units, got, fees)
        self._cash += got - fees
        if position.units:
            self._plan_ahead(at, position)
            return
        position.version += 1
        del self._held[position.symbol]
        self._closed(at, position, got / units * UNITS)

    def _closed(self, at: float, position: GeneratedPosition, price: float) -> None:
        self._equity += position.net
        self._last_percent = 100.0 * abs(position.net) / position.spent
        if position.net < 0.0:
            self._streak = min(self._streak, 0) - 1
            self._chase(at, position.symbol)
            return
        self._streak = max(self._streak, 0) + 1
        again = self._clocks.regret(position.symbol, price, int(at))
        if again is not None:
            at = again + next(self._choices)
            self._note(at, WishedEntry(at, position.symbol, "regret_repurchase"))

    def _chase(self, at: float, symbol: int) -> None:
        """Perhaps want back, soon after what was just lost, once or several times."""
        k = self._strengths.at("revenge", at)
        dice = [next(self._revenge) for _ in range(5)]
        if self._plan.way("revenge") == "rampage":
            if dice[0] < habits.rampage_chance(k):
                for share in dice[1:4][: 2 + round(dice[4])]:
                    self._return(at + habits.RAMPAGE_BARS * share, symbol, next(self._revenge))
        elif dice[0] < habits.revenge_chance(k):
            self._return(at + self._pause * next(self._pauses), symbol, dice[3])

    def _return(self, at: float, symbol: int, dice: float) -> None:
        other = None if dice < SAME_COIN else self._another(next(self._revenge))
        self._note(at, WishedEntry(at, symbol if other is None else other, "revenge"))
