"""What a replayed order would have got: prices of stored bars, less the spread, inside the bar.

Each trade is priced by the series of bars that covers it best, chosen for this trade alone. The
spread is half of the median |close - open| of those bars from a week before the entry to the exit,
relative to the open, and is always paid. An order of more than a hundredth of its bar's volume
would have moved the market: its price is marked unreliable.
"""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coach.engine.features.bars import Bars, Market
from coach.engine.features.moves import OLDEST_BARS
from coach.engine.features.series import NONE, covered, covering
from coach.model.fills import Side
from coach.model.times import WEEK_US

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coach.model.trades import TradeId, Trip

MOST_OF_THE_VOLUME = 0.01


class Exits(NamedTuple):
    """Prices at which a position is given up, None where there is none."""

    stop: Decimal | None
    target: Decimal | None


class BarPrice(NamedTuple):
    """A price inside bar `row`, at its beginning."""

    at_us: int
    price: Decimal
    row: int


def quotes_of(market: Market, trips: "Iterable[Trip]", end_us: int) -> "dict[TradeId, Quotes]":
    """Return the prices that each trip is replayed at; trips that no candle covers have none.

    Of a trip that is still open they are wanted up to `end_us`.
    """
    of_symbol: dict[str, list[Trip]] = defaultdict(list)
    for trip in trips:
        of_symbol[trip.symbol].append(trip)
    found: dict[TradeId, Quotes] = {}
    for symbol, own in of_symbol.items():
        series = market.series(symbol)
        windows = [_window(trip, end_us) for trip in own]
        starts, ends = np.array(windows, np.int64).T
        places = covering(series, starts, ends)
        shares = np.zeros(len(own))
        for place, bars in enumerate(series):
            rows = np.flatnonzero(places == place)
            shares[rows] = covered(bars, starts[rows], ends[rows])
        for trip, window, place, share in zip(
            own, windows, places.tolist(), shares.tolist(), strict=True
        ):
            if place != NONE:
                bars = series[place]
                moved = spread(bars.touching(window[0] - WEEK_US, window[1]))
                found[trip.id] = Quotes(bars, moved, share)
    return found


def _window(trip: "Trip", end_us: int) -> tuple[int, int]:
    return trip.opened_us, end_us if trip.closed_us is None else trip.closed_us


def spread(bars: Bars) -> float:
    """Return half of the median move of a bar, as a share of its open."""
    moved = np.abs(bars.close - bars.open) / bars.open
    return float(np.median(moved)) / 2 if len(bars) else 0.0


class Quotes:
    """The bars that one trade is priced by, as somebody meets them who has to trade.

    `covered` is the share of the trade's time that lies in a bar.
    """

    __slots__ = ("bars", "covered", "spread")

    def __init__(self, bars: Bars, spread: float, covered: float) -> None:
        self.bars = bars
        self.spread = spread
        self.covered = covered

    def opening(self, at_us: int, side: Side) -> BarPrice | None:
        """Return the open of the first bar from `at_us` on, None where none begins soon enough."""
        row = int(np.searchsorted(self.bars.start_us, at_us, side="left"))
        if row == len(self.bars):
            return None
        start = int(self.bars.start_us[row])
        if start - at_us > OLDEST_BARS * self.bars.step_us:
            return None
        return BarPrice(start, self._paid(row, float(self.bars.open[row]), side), row)

    def first_row(self, at_us: int) -> int:
        """Return the row of the first bar that begins at `at_us` or later."""
        return int(np.searchsorted(self.bars.start_us, at_us, side="left"))

    def ended(self, at_us: int) -> int:
        """Return how many bars had ended by `at_us`."""
        return int(np.searchsorted(self.bars.start_us, at_us - self.bars.step_us, side="right"))

    def hit(self, rows: tuple[int, int], exits: Exits, side: Side) -> tuple[str, BarPrice] | None:
        """Return where a position of `side` first met its stop or target in bars [first, last).

        A bar that holds both is taken for the stop. A bar that opens beyond either gives its open.
        """
        first, last = rows
        low, high = self.bars.low[first:last], self.bars.high[first:last]
        worse, better = (low, high) if side == "buy" else (-high, -low)
        sign = 1.0 if side == "buy" else -1.0
        stop = -np.inf if exits.stop is None else sign * float(exits.stop)
        target = np.inf if exits.target is None else sign * float(exits.target)
        met = np.flatnonzero((worse <= stop) | (better >= target))
        if not len(met):
            return None
        row = first + int(met[0])
        begins = sign * float(self.bars.open[row])
        stopped = bool(worse[met[0]] <= stop)
        level = min(stop, begins) if stopped else max(target, begins)
        price = self._paid(row, sign * level, "sell" if side == "buy" else "buy")
        start = int(self.bars.start_us[row])
        return "stopped" if stopped else "target", BarPrice(
            start + self.bars.step_us - 1, price, row
        )

    def too_much(self, row: int, quantity: Decimal) -> bool:
        """Say whether an order of that quantity would have moved this bar."""
        return float(quantity) > MOST_OF_THE_VOLUME * float(self.bars.volume[row])

    def _paid(self, row: int, price: float, side: Side) -> Decimal:
        asked = price * (1 + self.spread) if side == "buy" else price * (1 - self.spread)
        inside = min(max(asked, float(self.bars.low[row])), float(self.bars.high[row]))
        return Decimal(repr(inside))
