"""Every order looks at every position held: realised or on paper, in gain or in loss.

Rules of dispositionEffect 1.0.1. Nothing is looked at while the book is empty. The traded asset is
realised as far as the order closes it, and on paper as far as some of it stays or is added to;
every other position is on paper, at the market price of exactly the order's time. A position
without such a price is left out there. A price equal to the average is neither gain nor loss.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.trading_clock import open_hours, open_time
from coach.engine.biases.portfolio.walk import PositionWalk, walk
from coach.engine.statistics.arrays import Flags, Floats, Integers

REALISED, PAPER = 0, 2
"""A kind is one of these, plus 1 for a loss: RG, RL, PG, PL in the package's words."""
KINDS = 4


@dataclass(frozen=True, slots=True)
class Options:
    """Whether short positions count, and how soon after an order nothing is on paper (µs)."""

    shorts: bool = True
    threshold: int = 0


@dataclass(frozen=True, slots=True)
class Observations:
    """Arrays of one length: which order saw which asset as which kind, and how much of it.

    `quantity` is in units of the asset, `move` the return on the average price (a loss is
    negative, short or long), `hours` the time held where realised, else since the order before.
    """

    order: Integers
    asset: Integers
    kind: Integers
    quantity: Floats
    move: Floats
    hours: Floats


@dataclass(frozen=True, slots=True)
class AssetObservations:
    """What was looked at: pairs of order and asset, also where nothing was counted.

    `value` is the sign of what the book before each order would gain, were it sold then.
    `unpriced` are the assets that were held and had no price, once per order.
    """

    orders: PortfolioOrders
    walk: PositionWalk
    observations: Observations
    order: Integers
    asset: Integers
    unpriced: Integers
    value: Floats


@dataclass(frozen=True, slots=True)
class _Others:
    """Positions held through somebody else's order: the state is that after order `source`."""

    order: Integers
    asset: Integers
    quantity: Floats
    price: Floats
    market: Floats


def observe(orders: PortfolioOrders, market: PriceTable, options: Options) -> AssetObservations:
    """Return what each order saw of the book."""
    walked = walk(orders)
    others = _others(orders, walked, market)
    priced = ~np.isnan(others.market)
    earlier = np.concatenate((orders.at[:1], orders.at[:-1]))
    wide: Flags = np.full(orders.at.size, fill_value=True)
    if options.threshold:
        wide = open_time(earlier, orders.at) >= options.threshold
    seen = priced & wide[others.order]
    company = np.bincount(others.order[seen], minlength=orders.at.size)
    traded = (walked.quantity != 0) | ((walked.held > 0) & (company == 0))
    observations = _joined(
        _realised(orders, walked, options),
        _traded_on_paper(orders, walked, wide, open_hours(earlier, orders.at), options),
        _held_on_paper(others, seen, open_hours(earlier, orders.at), options),
    )
    own = np.flatnonzero(traded)
    return AssetObservations(
        orders,
        walked,
        observations,
        order=np.concatenate((own, others.order[seen])),
        asset=np.concatenate((orders.asset[own], others.asset[seen])),
        unpriced=others.asset[~priced],
        value=_value(orders, walked, others, priced),
    )


def _others(orders: PortfolioOrders, walked: PositionWalk, market: PriceTable) -> _Others:
    # A position stays as an order left it until the asset's next order; each such stretch is
    # spelled out, one entry per order in between.
    count = orders.at.size
    follows = np.full(count, count, dtype=np.int64)
    by_asset = np.argsort(orders.asset, kind="stable")
    same = orders.asset[by_asset[1:]] == orders.asset[by_asset[:-1]]
    follows[by_asset[:-1][same]] = by_asset[1:][same]
    number = np.arange(count)
    lengths = np.where(walked.quantity_after != 0, follows - number - 1, 0)
    source = np.repeat(number, lengths)
    order = np.arange(source.size) - np.repeat(np.cumsum(lengths) - lengths, lengths) + source + 1
    asset = orders.asset[source]
    return _Others(
        order,
        asset,
        walked.quantity_after[source],
        walked.price_after[source],
        market.at(market.codes(orders.assets)[asset], orders.at[order]),
    )


def _realised(orders: PortfolioOrders, walked: PositionWalk, options: Options) -> Observations:
    side = np.sign(walked.quantity)
    closes = (walked.quantity != 0) & (orders.sells == (walked.quantity > 0))
    left = side * (walked.quantity + orders.signed)
    chosen = closes & _counts(walked.quantity, walked.price, orders.price, options)
    held = open_hours(walked.since, orders.at)
    quantity = np.where(left > 0, orders.quantity, orders.quantity + left)
    return _observed(
        REALISED,
        np.flatnonzero(chosen),
        orders.asset,
        quantity,
        _move(walked.quantity, walked.price, orders.price),
        held,
    )


def _traded_on_paper(
    orders: PortfolioOrders, walked: PositionWalk, wide: Flags, hours: Floats, options: Options
) -> Observations:
    side = np.sign(walked.quantity)
    adds = (walked.quantity != 0) & (orders.sells == (walked.quantity < 0))
    left = side * (walked.quantity + orders.signed)
    chosen = wide & (adds | ((walked.quantity != 0) & (left > 0)))
    chosen &= _counts(walked.quantity, walked.price, orders.price, options)
    return _observed(
        PAPER,
        np.flatnonzero(chosen),
        orders.asset,
        np.where(adds, np.abs(walked.quantity), left),
        _move(walked.quantity, walked.price, orders.price),
        hours,
    )


def _held_on_paper(others: _Others, seen: Flags, hours: Floats, options: Options) -> Observations:
    chosen = seen & _counts(others.quantity, others.price, others.market, options)
    move = _move(others.quantity[chosen], others.price[chosen], others.market[chosen])
    order = others.order[chosen]
    return Observations(
        order,
        others.asset[chosen],
        PAPER + (move < 0),
        np.abs(others.quantity[chosen]),
        move,
        hours[order],
    )


def _observed(
    kind: int, chosen: Integers, asset: Integers, quantity: Floats, move: Floats, hours: Floats
) -> Observations:
    moved = move[chosen]
    return Observations(
        chosen, asset[chosen], kind + (moved < 0), quantity[chosen], moved, hours[chosen]
    )


def _counts(quantity: Floats, average: Floats, price: Floats, options: Options) -> Flags:
    counted: Flags = (quantity != 0) & (price != average)
    return counted if options.shorts else counted & (quantity > 0)


def _move(quantity: Floats, average: Floats, price: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sign(quantity) * ((price - average) / average)


def _joined(*parts: Observations) -> Observations:
    return Observations(
        np.concatenate([part.order for part in parts]),
        np.concatenate([part.asset for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.quantity for part in parts]),
        np.concatenate([part.move for part in parts]),
        np.concatenate([part.hours for part in parts]),
    )


def _value(orders: PortfolioOrders, walked: PositionWalk, others: _Others, priced: Flags) -> Floats:
    # R adds up in long double, by asset; near zero the sign hangs on it.
    number = np.arange(orders.at.size)
    order = np.concatenate((number, others.order[priced]))
    asset = np.concatenate((orders.asset, others.asset[priced]))
    gain = np.concatenate(
        (
            walked.quantity * (orders.price - walked.price),
            (others.quantity * (others.market - others.price))[priced],
        )
    )
    arranged = np.lexsort((asset, order))
    starts = np.searchsorted(order[arranged], number)
    summed = np.add.reduceat(gain[arranged].astype(np.longdouble), starts)
    return np.sign(summed).astype(np.float64)
