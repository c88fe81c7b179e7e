"""Through an investor's orders one by one: what was held before and after each.

Rules of dispositionEffect 1.0.1: the price of a position is its average, weighted by quantity, on
adds; unchanged on reduces; the order's price on flips; 0 when flat. Its time is kept on adds and
reduces and starts anew on anything else. An asset's first order sets all three as they stand, so a
first buy of nothing leaves a flat position at that buy's price.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.statistics.arrays import Floats, Integers


@dataclass(frozen=True, slots=True)
class SignedPosition:
    """A signed quantity at an average price, held since a time (µs since 1970 UTC)."""

    quantity: float
    price: float
    since: int


@dataclass(frozen=True, slots=True)
class PositionWalk:
    """Per order the position of the traded asset before and after; `held` counts the book before.

    `final` is the last position of each asset.
    """

    quantity: Floats
    price: Floats
    since: Integers
    quantity_after: Floats
    price_after: Floats
    held: Integers
    final: tuple[SignedPosition, ...]


def walk(orders: PortfolioOrders) -> PositionWalk:
    """Return what was held around each order."""
    book: list[SignedPosition | None] = [None] * len(orders.assets)
    held = 0
    before: list[SignedPosition] = []
    after: list[SignedPosition] = []
    counts: list[int] = []
    rows = zip(
        orders.asset.tolist(),
        orders.sells.tolist(),
        orders.signed.tolist(),
        orders.price.tolist(),
        orders.at.tolist(),
        strict=True,
    )
    for asset, sells, signed, price, at in rows:
        old = book[asset]
        order = SignedPosition(signed, price, at)
        new = order if old is None else _after(old, order, sells=sells)
        was = old or SignedPosition(0.0, 0.0, at)
        before.append(was)
        after.append(new)
        counts.append(held)
        held += (new.quantity != 0) - (was.quantity != 0)
        book[asset] = new
    return PositionWalk(
        quantity=np.array([p.quantity for p in before], dtype=np.float64),
        price=np.array([p.price for p in before], dtype=np.float64),
        since=np.array([p.since for p in before], dtype=np.int64),
        quantity_after=np.array([p.quantity for p in after], dtype=np.float64),
        price_after=np.array([p.price for p in after], dtype=np.float64),
        held=np.array(counts, dtype=np.int64),
        final=tuple(position for position in book if position is not None),
    )


def _after(old: SignedPosition, order: SignedPosition, *, sells: bool) -> SignedPosition:
    quantity = old.quantity + order.quantity
    if quantity == 0:
        return SignedPosition(quantity, 0.0, order.since)
    if old.quantity == 0:
        return SignedPosition(quantity, order.price, order.since)
    if sells == (old.quantity < 0):
        return SignedPosition(quantity, _average(old, order), old.since)
    if (quantity > 0) == (old.quantity > 0):
        return SignedPosition(quantity, old.price, old.since)
    return SignedPosition(quantity, order.price, order.since)


def _average(old: SignedPosition, order: SignedPosition) -> float:
    size, added = abs(old.quantity), abs(order.quantity)
    return (old.price * size + order.price * added) / (size + added)
