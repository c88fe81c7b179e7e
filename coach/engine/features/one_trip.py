"""A history with one trip more, or with one changed, without building every column anew.

What comes out is what `history` builds of the same trips, to the last value.
"""

from dataclasses import replace

import numpy as np

from coach.engine.features.history import History, history
from coach.engine.features.orders import NO_ORDERS, Orders
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.trades import Trip


def with_trip(past: History, trip: Trip) -> History:
    """Return the history with one trip more, beside the same orders, market and trader."""
    if not _comes_last(past, trip):
        then = history([*past.trips, trip])
        return then.beside(_orders_of(past, then), past.market, past.trader)
    one = history([trip])
    return replace(
        past,
        trips=(*past.trips, trip),
        ids=(*past.ids, trip.id),
        entry_fills=(*past.entry_fills, *one.entry_fills),
        exit_fills=(*past.exit_fills, *one.exit_fills),
        symbol=np.append(past.symbol, past.symbols.index(trip.symbol)),
        quote=np.append(past.quote, past.quotes.index(trip.quote)),
        opened_us=np.append(past.opened_us, one.opened_us),
        closed_us=np.append(past.closed_us, one.closed_us),
        gross=np.append(past.gross, one.gross),
        fees=np.append(past.fees, one.fees),
        net=np.append(past.net, one.net),
        notional=np.append(past.notional, one.notional),
        outcome=np.append(past.outcome, one.outcome),
        undecided=np.append(past.undecided, one.undecided),
    )


def with_changed(past: History, row: int, trip: Trip) -> History:
    """Return the history with another trip in a row: of the same id, symbol and opening."""
    one = history([trip])
    return replace(
        past,
        trips=(*past.trips[:row], trip, *past.trips[row + 1 :]),
        exit_fills=(*past.exit_fills[:row], *one.exit_fills, *past.exit_fills[row + 1 :]),
        closed_us=_put(past.closed_us, row, one.closed_us),
        gross=_set(past.gross, row, one.gross),
        fees=_set(past.fees, row, one.fees),
        net=_set(past.net, row, one.net),
        notional=_set(past.notional, row, one.notional),
        outcome=_put(past.outcome, row, one.outcome),
        undecided=_mark(past.undecided, row, one.undecided),
    )


def _comes_last(past: History, trip: Trip) -> bool:
    """Say whether the trip stands behind all others, and its symbol and currency are known."""
    if trip.symbol not in past.symbols or trip.quote not in past.quotes:
        return False
    return (past.trips[-1].opened_us, past.ids[-1]) < (trip.opened_us, trip.id)


def _orders_of(past: History, then: History) -> Orders:
    """Return the orders that are known, at the rows that their trips have by now."""
    if not len(past.orders):
        return NO_ORDERS
    rows = {name: row for row, name in enumerate(then.ids)}
    moved = np.array([rows[name] for name in past.ids], np.int64)
    return replace(past.orders, trip=moved[past.orders.trip])


def _set(column: Floats, row: int, value: Floats) -> Floats:
    changed = column.copy()
    changed[row] = value[0]
    return changed


def _put(column: Integers, row: int, value: Integers) -> Integers:
    changed = column.copy()
    changed[row] = value[0]
    return changed


def _mark(column: Flags, row: int, value: Flags) -> Flags:
    changed = column.copy()
    changed[row] = value[0]
    return changed
