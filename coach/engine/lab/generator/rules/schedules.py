"""Rules that go by the clock: exits at a time, plans of saving, weights that are restored."""

from coach.engine.lab.generator.arithmetic import total
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.market import BARS_A_DAY, BARS_AN_HOUR
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule

PERCENT = 0.01
CLOSING_BARS = 2  # before the end of a session


def session_exit(ground: RuleGround) -> list[SymbolRule]:
    """Return entries at any time of a session; all is sold before it ends."""
    ends = ground.who.since >= ground.who.session_bars - CLOSING_BARS
    until = ends.tolist()
    return [TimedRule(ground, symbol, until, None) for symbol in ground.coins(2, 4)]


def clock_exit(ground: RuleGround) -> list[SymbolRule]:
    """Return entries at any time; each is sold after a fixed number of hours."""
    hours = ground.draw.step(2.0, 16.0, 1.0)
    never = [False] * ground.market.bars
    held = int(hours * BARS_AN_HOUR)
    return [TimedRule(ground, symbol, never, held) for symbol in ground.coins(2, 4)]


class TimedRule:
    """Entries at will, and an exit that the clock decides."""

    def __init__(
        self, ground: RuleGround, symbol: int, until: list[bool], held: int | None
    ) -> None:
        self._desk = ground.desk(symbol)
        self._stakes = ground.stakes(symbol)
        self._wanted = ground.wanted[symbol].tolist()
        self._until, self._held = until, held

    def act(self, bar: int) -> None:
        """Leave when it is time, else enter where an entry is wanted."""
        desk = self._desk
        if desk.units:
            over = self._held is not None and bar - desk.opened >= self._held
            if over or self._until[bar]:
                desk.leave(bar)
        elif self._wanted[bar] and not self._until[bar]:
            desk.trade(bar, desk.worth(next(self._stakes), desk.close[bar - 1]))


def maker_exit(ground: RuleGround) -> list[SymbolRule]:
    """Return exits decided blind to profit, and sold by a limit order above the market.

    Fees are saved that way: the order rests a part of a four-hour move above the last close and is
    priced anew every hour until it is filled.
    """
    above = ground.draw.between(0.15, 0.35)
    return [MakerRule(ground, symbol, above) for symbol in ground.coins(2, 4)]


class MakerRule:
    """One symbol, sold by a resting order."""

    def __init__(self, ground: RuleGround, symbol: int, above: float) -> None:
        self._desk = ground.desk(symbol)
        self._stakes = ground.stakes(symbol)
        self._wanted = ground.wanted[symbol].tolist()
        self._waits = one_by_one(ground.who.stream(f"exits {symbol}").exponentials)
        self._hold = ground.who.hold_bars
        moves = ground.market.usual[symbol] * (4 * BARS_AN_HOUR) ** 0.5
        self._above = (1.0 + above * moves).tolist()
        self._decided = 0
        self._price = 0.0

    def act(self, bar: int) -> None:
        """Enter where an entry is wanted; sell some time after the exit was decided."""
        desk = self._desk
        if not desk.units:
            if self._wanted[bar]:
                desk.trade(bar, desk.worth(next(self._stakes), desk.close[bar - 1]))
                self._decided = bar + 1 + int(self._hold * next(self._waits))
            return
        if bar >= self._decided:
            if (bar - self._decided) % BARS_AN_HOUR == 0:
                self._price = desk.close[bar - 1] * self._above[bar - 1]
            desk.limit(bar, -desk.units, self._price)


def value_averaging(ground: RuleGround) -> list[SymbolRule]:
    """Return a plan whose value grows by a fixed sum: what is missing is bought, the rest sold."""
    draw = ground.draw
    period = draw.whole(2, 8) * BARS_A_DAY // 4
    sum_a_day = 0.4 / ground.market.days * ground.who.start_equity
    coins = ground.coins(1, 3)
    sells = draw.chance(0.7)
    a_period = sum_a_day * period / BARS_A_DAY / len(coins)
    return [ValuePath(ground, symbol, (period, a_period), sells) for symbol in coins]


class ValuePath:
    """One coin whose value follows a straight line."""

    def __init__(
        self,
        ground: RuleGround,
        symbol: int,
        path: tuple[int, float],
        sells: bool,
    ) -> None:
        self._desk = ground.desk(symbol)
        self._period, self._growth = path
        self._sells = sells
        self._next = _first_active(ground)
        self._target = 0.0

    def act(self, bar: int) -> None:
        """Bring the value back to its line once a period."""
        if bar < self._next:
            return
        desk = self._desk
        self._next += self._period
        self._target += self._growth
        price = desk.close[bar - 1]
        missing = self._target - desk.units * price / 1e8
        if missing > 0.0:
            desk.trade(bar, desk.worth(missing, price))
        elif self._sells:
            desk.trade(bar, -min(int(-missing / price * 1e8), desk.units))


def rebalancer(ground: RuleGround) -> list[SymbolRule]:
    """Return fixed weights, restored every few days or where one strays beyond a band."""
    draw = ground.draw
    period = draw.whole(1, 6) * BARS_A_DAY // 2
    band = draw.step(3.0, 10.0, 1.0) * PERCENT if draw.chance(0.5) else 0.0
    coins = ground.coins(1, 3)
    others = [coin for coin in range(len(ground.market.symbols)) if coin not in coins]
    return [Rebalancer(ground, [*coins, *others[:2]], (period, band))]


class Rebalancer:
    """Several coins with equal weights."""

    def __init__(self, ground: RuleGround, coins: list[int], rhythm: tuple[int, float]) -> None:
        self._desks = [ground.desk(symbol) for symbol in coins]
        self._money = ground.draw.between(0.4, 0.7) * ground.who.start_equity
        self._period, self._band = rhythm
        self._next = _first_active(ground)

    def act(self, bar: int) -> None:
        """Look once a period, and restore every weight that strays."""
        if bar < self._next:
            return
        self._next += self._period
        desks = self._desks
        values = [desk.units * desk.close[bar - 1] / 1e8 for desk in desks]
        share = (total(values) or self._money) / len(desks)
        strays = [value - share for value in values]
        for desk, over in sorted(zip(desks, strays, strict=True), key=lambda pair: -pair[1]):
            price = desk.close[bar - 1]
            if abs(over) <= self._band * share:
                continue
            if over > 0.0:
                desk.trade(bar, -min(int(over / price * 1e8), desk.units))
            else:
                desk.trade(bar, desk.worth(-over, price))


def _first_active(ground: RuleGround) -> int:
    """Return the first bar of trading in which the trader acts."""
    bar = ground.market.first
    while bar < ground.market.bars - 1 and not ground.active[bar]:
        bar += 1
    return bar
