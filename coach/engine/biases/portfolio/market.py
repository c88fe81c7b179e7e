"""Market prices, asked for by asset and exact time, or by asset and day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.engine.biases.portfolio.trading_clock import DAY
from coach.engine.statistics.arrays import Floats, Integers


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices in the order of `key`: asset first, then time, each pair once.

    `code` numbers the assets; `times` are all the times there are, ascending, µs since 1970 UTC;
    `key` is the asset's number times the count of times plus the place in `times`.
    """

    code: dict[str, int]
    times: Integers
    key: Integers
    price: Floats

    def codes(self, assets: Sequence[str]) -> Integers:
        """Return the numbers of `assets`, -1 for one without any price."""
        return np.array([self.code.get(asset, -1) for asset in assets], dtype=np.int64)

    def at(self, asset: Integers, at: Integers) -> Floats:
        """Return the price of each asset (by number) at its time, NaN where there is none."""
        if not self.key.size:
            return np.full(asset.size, np.nan)
        place = np.minimum(np.searchsorted(self.times, at), self.times.size - 1)
        wanted = asset * self.times.size + place
        found = np.minimum(np.searchsorted(self.key, wanted), self.key.size - 1)
        there = (self.times[place] == at) & (asset >= 0) & (self.key[found] == wanted)
        return np.where(there, self.price[found], np.nan)

    def days(self) -> "Days":
        """Return the lowest and the highest price of each asset on each UTC day."""
        asset, place = np.divmod(self.key, max(self.times.size, 1))
        day = self.times[place] // DAY if self.times.size else place
        first, last = (int(day.min()), int(day.max())) if day.size else (0, 0)
        key, starts = np.unique(asset * (last - first + 1) + day - first, return_index=True)
        if not key.size:
            return Days(first, last, key, np.empty(0), np.empty(0))
        low: Floats = np.minimum.reduceat(self.price, starts)
        high: Floats = np.maximum.reduceat(self.price, starts)
        return Days(first, last, key, low, high)


@dataclass(frozen=True, slots=True)
class Days:
    """Lows and highs by asset and UTC day (days since 1970) from `first` to `last`."""

    first: int
    last: int
    key: Integers
    low: Floats
    high: Floats

    def ranges(self, asset: Integers, day: Integers) -> tuple[Floats, Floats]:
        """Return the low and the high of each asset (by number) on its day, NaN where unknown."""
        known = (asset >= 0) & (day >= self.first) & (day <= self.last)
        if not self.key.size:
            return np.full(day.size, np.nan), np.full(day.size, np.nan)
        wanted = asset * (self.last - self.first + 1) + day - self.first
        found = np.minimum(np.searchsorted(self.key, wanted), self.key.size - 1)
        known &= self.key[found] == wanted
        return np.where(known, self.low[found], np.nan), np.where(known, self.high[found], np.nan)


def market_of(code: dict[str, int], asset: Integers, at: Integers, price: Floats) -> PriceTable:
    """Return the market that rows in any order describe; of equal rows the last one counts."""
    times, place = np.unique(at, return_inverse=True)
    key = asset * times.size + place
    order = np.argsort(key, kind="stable")
    key, price = key[order], price[order]
    last = np.append(key[1:] != key[:-1], [True])[: key.size]
    return PriceTable(code, times, key[last], price[last])
