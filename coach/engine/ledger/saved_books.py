"""The state of books as plain JSON, and back: so that matching goes on where it ended.

Every amount keeps all of its digits. What a book could not match is not in the state, it is stored
beside it; a book that goes on begins with none of it.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from coach.engine.ledger.dust import ClosedOrder
from coach.engine.ledger.open_trip import ClosedSoFar, Lot, OpenTrip
from coach.engine.ledger.orders import Gathering
from coach.model.fills import BookFill, FillKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Saved = dict[str, Any]
"""A JSON object."""

LAYOUT: Final = 4
"""Counts the layouts of the state; state of another one is not read."""
AMOUNTS: Final = (
    "carried",
    "closed_cost",
    "closed_fees",
    "entered",
    "entry_fees",
    "entry_notional",
    "exit_fees",
    "exit_notional",
    "exited",
    "exited_before",
    "lots_start",
    "released",
    "released_fees",
)
WORDS: Final = ("exit_order", "fills", "opened_as", "paid_in_coin", "quote", "reduced", "side")
TIMES: Final = ("last_exit_at", "run_at")


def saved_trip(trip: OpenTrip) -> Saved:
    """Return the state of a trip under way."""
    return {
        **{name: str(getattr(trip, name)) for name in AMOUNTS},
        **{name: getattr(trip, name) for name in WORDS},
        **{name: getattr(trip, name).isoformat() for name in TIMES},
        "other_fees": saved_amounts(trip.other_fees),
        "exit_keys": {order: _hex(keys) for order, keys in trip.exit_keys.items()},
        "lots": [_saved_lot(lot) for lot in trip.lots],
        "closed_so_far": [_saved_close(one) for one in trip.closed_so_far],
        "opening": _saved_opening(trip.opening),
    }


def trip_of(saved: Saved) -> OpenTrip:
    """Return the trip under way of a state."""
    trip = OpenTrip.__new__(OpenTrip)
    for name in AMOUNTS:
        setattr(trip, name, Decimal(saved[name]))
    for name in WORDS:
        setattr(trip, name, saved[name])
    for name in TIMES:
        setattr(trip, name, datetime.fromisoformat(saved[name]))
    trip.other_fees = amounts_of(saved["other_fees"])
    trip.exit_keys = {order: _keys(keys) for order, keys in saved["exit_keys"].items()}
    trip.lots = deque(Lot(*map(Decimal, lot)) for lot in saved["lots"])
    trip.closed_so_far = [_close_of(one) for one in saved["closed_so_far"]]
    trip.opening = _opening_of(saved["opening"])
    return trip


def saved_amounts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """Return amounts by coin as text."""
    return {coin: str(amount) for coin, amount in amounts.items()}


def amounts_of(saved: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the amounts by coin of a state."""
    return {coin: Decimal(amount) for coin, amount in saved.items()}


def saved_order(order: ClosedOrder) -> list[str]:
    """Return the state of the order that closed the last trip."""
    side, order_id, last_at, entered = order
    return [side, order_id, last_at.isoformat(), str(entered)]


def order_of(saved: Sequence[str]) -> ClosedOrder:
    """Return the order that closed the last trip of a state."""
    side, order_id, last_at, entered = saved
    return ClosedOrder(
        cast("Any", side), order_id, datetime.fromisoformat(last_at), Decimal(entered)
    )


def saved_fill(fill: BookFill) -> list[str]:
    """Return a fill as text."""
    key, side, quantity, price, fee, coin, at, order_id, margin = fill
    amounts = (str(quantity), str(price), str(fee))
    return [key.hex(), side, *amounts, coin, at.isoformat(), order_id, margin]


def fill_of(saved: Sequence[str]) -> BookFill:
    """Return the fill of a state."""
    key, side, quantity, price, fee, coin, at, order_id, margin = saved
    return BookFill(
        FillKey(bytes.fromhex(key)),
        cast("Any", side),
        Decimal(quantity),
        Decimal(price),
        Decimal(fee),
        coin,
        datetime.fromisoformat(at),
        order_id,
        cast("Any", margin),
    )


def _saved_lot(lot: Lot) -> list[str]:
    return [str(amount) for amount in lot if amount is not None]


def _saved_close(one: ClosedSoFar) -> list[Any]:
    at, key, quantity, gross, fees, other_fees = one
    amounts = (str(quantity), str(gross), str(fees))
    return [at.isoformat(), key.hex(), *amounts, saved_amounts(other_fees)]


def _close_of(saved: Sequence[Any]) -> ClosedSoFar:
    at, key, quantity, gross, fees, other_fees = saved
    amounts = (Decimal(quantity), Decimal(gross), Decimal(fees))
    moment, name = datetime.fromisoformat(at), FillKey(bytes.fromhex(key))
    return ClosedSoFar(moment, name, *amounts, amounts_of(other_fees))


def _saved_opening(opening: Gathering) -> Saved:
    return {
        "order_id": opening.order_id,
        "side": opening.side,
        "first_at": opening.first_at.isoformat(),
        "last_at": opening.last_at.isoformat(),
        "quantity": str(opening.quantity),
        "notional": str(opening.notional),
        "keys": _hex(opening.keys),
        "over": opening.over,
    }


def _opening_of(saved: Saved) -> Gathering:
    opening = Gathering.__new__(Gathering)
    opening.order_id, opening.side, opening.over = saved["order_id"], saved["side"], saved["over"]
    opening.first_at = datetime.fromisoformat(saved["first_at"])
    opening.last_at = datetime.fromisoformat(saved["last_at"])
    opening.quantity, opening.notional = Decimal(saved["quantity"]), Decimal(saved["notional"])
    opening.keys = _keys(saved["keys"])
    return opening


def _hex(keys: Sequence[FillKey]) -> list[str]:
    return [key.hex() for key in keys]


def _keys(saved: Sequence[str]) -> list[FillKey]:
    return [FillKey(bytes.fromhex(key)) for key in saved]
