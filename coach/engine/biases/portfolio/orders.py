"""One investor's orders, as arrays of one length in the order of time."""

from dataclasses import dataclass

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class PortfolioOrders:
    """`asset` points into `assets`, which are sorted by name.

    `quantity` is never negative, `sells` says the direction; `at` is in µs since 1970 UTC and
    never falls. All quantities and prices are the doubles that R would hold.
    """

    investor: str
    assets: tuple[str, ...]
    asset: Integers
    sells: Flags
    quantity: Floats
    price: Floats
    at: Integers

    @property
    def signed(self) -> Floats:
        """Quantities, negative where sold."""
        return np.where(self.sells, -self.quantity, self.quantity)

    @property
    def per_asset(self) -> Integers:
        """How many orders each asset has."""
        return np.bincount(self.asset, minlength=len(self.assets)).astype(np.int64)
