"""A round trip as it is told: from the exact sums of an open trip, each number rounded once.

Prices and results are rounded half-even to 18 decimals, quantities and the size of the opening
order not at all. `net` is `gross` less `fees` as reported.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.ledger.exact import ZERO, add, plain, quotient, rounded, subtract
from coach.engine.ledger.open_trip import NOTHING, OpenRemainder, OpenTrip
from coach.engine.ledger.other_fees import difference
from coach.model.accounts import AccountId
from coach.model.fills import FillKey, Symbol
from coach.model.trades import NO_FEES, PartialClose, RoundTrip, TradeId

if TYPE_CHECKING:
    from collections.abc import Mapping


class BookName(NamedTuple):
    """Whose trips they are."""

    account_id: AccountId
    account: str
    symbol: Symbol


class RealisedResult(NamedTuple):
    """The result of what was closed, not rounded."""

    gross: Decimal
    fees: Decimal


def realised(trip: OpenTrip, left: OpenRemainder = NOTHING) -> RealisedResult:
    """Return the result of all that is not left.

    gross = exits - entries of what was closed, mirrored for a short; fees = those of the exits
    and the entry fees of what was closed.
    """
    fees = add(trip.entry_fees, trip.exit_fees)
    entries = trip.entry_notional
    if left is not NOTHING:
        fees = subtract(fees, left.fees)
        entries = subtract(entries, left.cost)
    if trip.side == "buy":
        return RealisedResult(subtract(trip.exit_notional, entries), fees)
    return RealisedResult(subtract(entries, trip.exit_notional), fees)


def closed(
    name: BookName, trip: OpenTrip, result: RealisedResult, left: OpenRemainder = NOTHING
) -> RoundTrip:
    """Return the finished trip without what is left of it, which is nothing or dust."""
    entries = trip.entry_notional
    if left is not NOTHING:
        entries = subtract(entries, left.cost)
    exit_fills = tuple(trip.exit_keys[trip.exit_order])
    ends = _Ends(trip.exited, entries, trip.last_exit_at, exit_fills)
    return _round_trip(name, trip, result, ends)


def still_open(name: BookName, trip: OpenTrip, left: OpenRemainder) -> RoundTrip:
    """Return the trip so far: its result is that of what was closed."""
    ends = _Ends(trip.entered, trip.entry_notional, None, ())
    return _round_trip(name, trip, realised(trip, left), ends)


class _Ends(NamedTuple):
    quantity: Decimal
    entries: Decimal
    closed_at: datetime | None
    exit_fills: tuple[FillKey, ...]


def _round_trip(name: BookName, trip: OpenTrip, result: RealisedResult, ends: _Ends) -> RoundTrip:
    opening = trip.opening
    gross, fees = rounded(result.gross), rounded(result.fees)
    left = rounded(quotient(trip.exit_notional, trip.exited)) if trip.exited else None
    others = trip.other_fees
    named = name._replace(symbol=Symbol(trip.opened_as)) if trip.opened_as else name
    return RoundTrip(
        trade_id(named, opening.keys[0]),
        name.account_id,
        name.symbol,
        "long" if trip.side == "buy" else "short",
        opening.first_at,
        ends.closed_at,
        plain(ends.quantity),
        rounded(quotient(ends.entries, ends.quantity)),
        left,
        gross,
        fees,
        plain(subtract(gross, fees)),
        trip.fills,
        plain(opening.quantity),
        plain(opening.notional),
        tuple(opening.keys),
        ends.exit_fills,
        {coin: rounded(fee) for coin, fee in others.items()} if others else {},
        tuple(_partial_closes(trip, ends.closed_at)) if trip.closed_so_far else (),
    )


def _partial_closes(trip: OpenTrip, closed_at: datetime | None) -> Iterator[PartialClose]:
    """Yield what was realised at each moment before the last: the running sums are rounded.

    Of several closing fills of one moment the last stands for all.
    """
    quantity = gross = fees = ZERO
    others: Mapping[str, Decimal] = NO_FEES
    by_moment = {part.at: part for part in trip.closed_so_far if part.at != closed_at}
    for at, key, closed_quantity, closed_gross, closed_fees, paid in by_moment.values():
        now_gross, now_fees = rounded(closed_gross), rounded(closed_fees)
        now_others = {coin: rounded(fee) for coin, fee in paid.items()}
        yield PartialClose(
            at,
            key,
            plain(subtract(closed_quantity, quantity)),
            plain(subtract(now_gross, gross)),
            plain(subtract(now_fees, fees)),
            difference(now_others, others),
        )
        quantity, gross, fees, others = closed_quantity, now_gross, now_fees, now_others


def trade_id(name: BookName, opening: FillKey) -> TradeId:
    """Return the sixteen characters that name the trip for ever: its book and its first fill.

    The book is the one that it was opened in, also where its coin was renamed since.
    The account goes in by its name: its number differs from one database to the next.
    """
    text = f"{name.account}|{name.symbol}|".encode() + opening
    return TradeId(sha256(text).hexdigest()[:16])
