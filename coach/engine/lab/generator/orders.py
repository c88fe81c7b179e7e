"""Orders become fills: in one to three pieces seconds apart, each priced inside its bar."""

from dataclasses import dataclass, field

from coach.engine.lab.generator.chance import Stream, one_by_one
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.plans import Habit

BAR_S = 900
UNITS = 100_000_000  # quantities are whole hundred-millionths
WHOLE, IN_TWO = 0.72, 0.92
LATEST = 0.96  # of a bar, so that the pieces fit


@dataclass(frozen=True, slots=True, order=True)
class Execution:
    """One piece of an order, before it gets its number. `at_ms` counts from the first bar."""

    at_ms: int
    place: int
    symbol: int = field(compare=False)
    buys: bool = field(compare=False)
    units: int = field(compare=False)
    price: float = field(compare=False)
    fee: float = field(compare=False)
    habits: tuple[Habit, ...] = field(compare=False)


class Venue:
    """Where one trader's orders are filled, one after the other."""

    def __init__(
        self,
        market: GeneratedMarket,
        fee_rate: float,
        stream: Stream,
        maker_rate: float | None = None,
    ) -> None:
        self.done: list[Execution] = []
        self._fee_rate = fee_rate
        self._maker_rate = fee_rate if maker_rate is None else maker_rate
        self._dice = one_by_one(stream.uniforms)
        self._free_ms = 0
        self._open, self._high = market.open, market.high
        self._low, self._close = market.low, market.close

    def price(self, at: float, symbol: int) -> float:
        """Return what an order would be sized by: the last close before it."""
        return float(self._close[symbol, int(at) - 1])

    def opening(self, at: float, symbol: int) -> float:
        """Return the first price of the bar."""
        return float(self._open[symbol, int(at)])

    def fill(
        self, at: float, symbol: int, units: int, habits: tuple[Habit, ...] = ()
    ) -> tuple[float, float]:
        """Buy units, or sell negative ones; return the money that moved and the fees."""
        moment = int((int(at) + (at - int(at)) * LATEST) * BAR_S * 1000)
        moment = max(moment, self._free_ms)
        money = fees = 0.0
        slip = next(self._dice) - 0.5
        for piece in self._pieces(abs(units)):
            price = self._price(moment, symbol, slip)
            fee = round(price * piece / UNITS * self._fee_rate, 8)
            place = len(self.done)
            self.done.append(Execution(moment, place, symbol, units > 0, piece, price, fee, habits))
            money += price * piece / UNITS
            fees += fee
            moment += 1000 + int(6000 * next(self._dice))
        self._free_ms = moment
        return money, fees

    def fill_at(
        self, at: float, symbol: int, units: int, price: float, *, rested: bool = True
    ) -> tuple[float, float]:
        """Fill an order at a price inside its bar; one that rested in the book pays a maker's fee.

        All its pieces stay inside the bar, however many orders are filled there.
        """
        last = (int(at) + 1) * BAR_S * 1000 - 1
        moment = min(max(int(at * BAR_S * 1000), self._free_ms), last)
        rate = self._maker_rate if rested else self._fee_rate
        exact = float(f"{price:.8g}")
        money = fees = 0.0
        for piece in self._pieces(abs(units)):
            fee = round(exact * piece / UNITS * rate, 8)
            place = len(self.done)
            self.done.append(Execution(moment, place, symbol, units > 0, piece, exact, fee, ()))
            money += exact * piece / UNITS
            fees += fee
            moment = min(moment + int(3000 * next(self._dice)), last)
        self._free_ms = moment
        return money, fees

    def _pieces(self, units: int) -> list[int]:
        kind = next(self._dice)
        if kind < WHOLE or units < UNITS // 1_000_000:
            return [units]
        first = int(units * (0.3 + 0.4 * next(self._dice)))
        if kind < IN_TWO:
            return [first, units - first]
        second = (units - first) // 2
        return [first, second, units - first - second]

    def _price(self, moment: int, symbol: int, slip: float) -> float:
        bar, rest = divmod(moment, BAR_S * 1000)
        begin, high = float(self._open[symbol, bar]), float(self._high[symbol, bar])
        end, low = float(self._close[symbol, bar]), float(self._low[symbol, bar])
        price = begin + (end - begin) * (rest / (BAR_S * 1000)) + slip * 0.25 * (high - low)
        return float(f"{min(max(price, low), high):.8g}")
