"""The orders of one trader in one symbol, and the position that they make."""

from collections.abc import Iterator

from coach.engine.lab.generator.chance import Stream
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.orders import UNITS, Execution, Venue
from coach.engine.lab.generator.person import Person

LARGEST_PART = 0.9  # of the cash, so that fees can be paid
SLIPPAGE = 0.15  # of the bar's range beyond a stop
SMALLEST = 1.0  # dollars


class Wallet:
    """The cash that all symbols of a trader share; a short sale needs none of it."""

    def __init__(self, cash: float) -> None:
        self.cash = cash


class RuleDesk:
    """Where a rule trades one symbol; `units` are below zero in a short position.

    `opened` is the bar in which the position began.
    """

    def __init__(
        self,
        market: GeneratedMarket,
        symbol: int,
        who: Person,
        wallet: Wallet,
        dice: Iterator[float],
    ) -> None:
        stream = Stream("trader", who.key, "fills", symbol)
        self._venue = Venue(market, who.fee_rate, stream, who.fee_rate * who.way.maker_fee)
        self._symbol, self._wallet, self._dice = symbol, wallet, dice
        self.prompt = who.way.prompt
        self.open, self.high = market.open[symbol].tolist(), market.high[symbol].tolist()
        self.low, self.close = market.low[symbol].tolist(), market.close[symbol].tolist()
        self.units = 0
        self.paid = 0.0
        self.opened = 0

    @property
    def done(self) -> list[Execution]:
        """Return what was filled, in order of time."""
        return self._venue.done

    @property
    def cost(self) -> float:
        """Return the average price of the open position."""
        return self.paid / self.units * UNITS

    def worth(self, money: float, price: float) -> int:
        """Return the units that so much money buys, 0 where there is too little cash."""
        if not SMALLEST <= money <= LARGEST_PART * self._wallet.cash:
            return 0
        return int(money / price * UNITS)

    def trade(self, bar: int, units: int) -> bool:
        """Buy at the market, or sell negative units: at once by a machine, else in the bar.

        False where there is nothing to trade.
        """
        if units:
            share = 0.02 * next(self._dice) if self.prompt else next(self._dice)
            self._book(bar, units, self._venue.fill(bar + share, self._symbol, units))
        return bool(units)

    def leave(self, bar: int) -> None:
        """Close the position at the market."""
        self.trade(bar, -self.units)

    def limit(self, bar: int, units: int, price: float) -> bool:
        """Return whether a limit order that rests during the bar is filled, and fill it."""
        opening = self.open[bar]
        if units > 0:
            reached, got = self.low[bar] <= price, min(price, opening)
        else:
            reached, got = self.high[bar] >= price, max(price, opening)
        return self._rested(bar, units, got, reached=reached, maker=True)

    def stop(self, bar: int, units: int, price: float) -> bool:
        """Return whether a stop order is hit in the bar, and fill it at the market."""
        opening, high, low = self.open[bar], self.high[bar], self.low[bar]
        slip = SLIPPAGE * (high - low) * next(self._dice)
        if units > 0:
            reached, got = high >= price, min(max(price, opening) + slip, high)
        else:
            reached, got = low <= price, max(min(price, opening) - slip, low)
        return self._rested(bar, units, got, reached=reached, maker=False)

    def _rested(self, bar: int, units: int, price: float, *, reached: bool, maker: bool) -> bool:
        if not (reached and units):
            return False
        at = bar + 0.96 * next(self._dice)
        self._book(bar, units, self._venue.fill_at(at, self._symbol, units, price, rested=maker))
        return True

    def _book(self, bar: int, units: int, filled: tuple[float, float]) -> None:
        money, fees = filled
        if self.units == 0:
            self.opened = bar
        if self.units * units >= 0:
            self.paid += money if units > 0 else -money
        else:
            self.paid += self.paid * units / self.units
        self.units += units
        self._wallet.cash -= (money if units > 0 else -money) + fees
