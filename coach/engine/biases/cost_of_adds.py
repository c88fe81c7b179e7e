"""What a set of adds cost beside the trader's own other entries and adds of the same week.

The return of an entry or an add is what the sales of its trade that came after it made of its
price. Otherwise as `cost_of_entries`. Fees are the adds' share of those of their trades, by
quantity.
"""

from decimal import Decimal

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import directions
from coach.engine.biases.money import cost
from coach.engine.biases.return_gap import return_gap
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.features.orders import ADD, Orders
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.insights import Cost


def cost_of_adds(context: Context, window: Window, chosen: Integers) -> tuple[Cost, ...]:
    """Price the `chosen` adds (order rows) of trades that have closed, per quote currency."""
    history, orders = context.history, context.history.orders
    closed = history.closed_us[orders.trip] != OPEN
    bought = np.flatnonzero((orders.kind <= ADD) & window.holds(orders.at_us) & closed)
    returns = _returns(context)[bought]
    usable = np.isfinite(returns)
    bought, returns = bought[usable], returns[usable]
    quotes = history.quote[orders.trip[bought]]
    picked = np.isin(bought, chosen)
    return tuple(
        _one_currency(context, (bought[own], returns[own], picked[own]), history.quotes[code])
        for code in np.unique(quotes[picked]).tolist()
        for own in [np.flatnonzero(quotes == code)]
    )


def _one_currency(context: Context, priced: tuple[Integers, Floats, Flags], quote: str) -> Cost:
    rows, returns, picked = priced
    orders = context.history.orders
    missed = return_gap(returns, picked, orders.at_us[rows]).belief()
    notional = float((orders.quantity[rows] * orders.price[rows])[picked].sum())
    estimate, margin = missed.mean * notional, missed.margin * notional
    fees = sum((_fees(context, row) for row in rows[picked].tolist()), Decimal(0))
    return cost(quote, estimate, (estimate - margin, estimate + margin), fees)


def _fees(context: Context, order: int) -> Decimal:
    """Return the add's share of its trade's fees, to eight decimals."""
    orders = context.history.orders
    trip, entered = context.history.trips[int(orders.trip[order])], _entered(orders, order)
    whole = float(trip.quantity)
    if not np.isclose(entered, whole):  # orders before a split are in the units after it
        whole = entered
    share = orders.quantity[order] / whole
    return (trip.fees * Decimal(share)).quantize(Decimal("1e-8"))


def _entered(orders: Orders, order: int) -> float:
    """Return all that was entered in the trade of an order."""
    same = orders.trip == orders.trip[order]
    return float(orders.quantity[same & (orders.kind <= ADD)].sum())


def _returns(context: Context) -> Floats:
    """Return what later sales made of each order's price, mirrored for shorts; nan: no sale."""
    orders = context.history.orders
    quantity, money = _sold_later(orders)
    with np.errstate(invalid="ignore", divide="ignore"):
        made: Floats = directions(context.history)[orders.trip] * (
            money / quantity / orders.price - 1
        )
    return made


def _sold_later(orders: Orders) -> tuple[Floats, Floats]:
    """Return quantity and money of the sales of the same trade after each order, (m,)."""
    rows = np.argsort(orders.trip, kind="stable")[::-1]
    trip = orders.trip[rows]
    sold = np.where(orders.kind[rows] > ADD, orders.quantity[rows], 0.0)
    first = np.flatnonzero(np.diff(trip, prepend=-1))
    start = np.repeat(first, np.diff(first, append=len(trip)))
    found = []
    for column in (sold, sold * orders.price[rows]):
        total = np.concatenate([[0.0], np.cumsum(column)])
        later = np.empty(len(rows))
        later[rows] = total[1:] - total[start]
        found.append(later)
    return found[0], found[1]
