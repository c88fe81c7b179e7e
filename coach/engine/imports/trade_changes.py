"""From when on trades are others than before: new matchings, held against what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from coach.engine.promises.judge_since import TradeChange
from coach.engine.store.promises import judged
from coach.model.times import instant, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.imports.match import Matching
    from coach.model.accounts import AccountId, UserId
    from coach.model.fills import Symbol
    from coach.model.trades import TradeId, Trip

    Trips = Mapping[TradeId, Trip]

NO_CHANGE: Final = TradeChange(None)


class MatchedBooks(NamedTuple):
    """The books of an account that changed, and how they are matched now.

    One without a matching has no fill any more. `first_new` is the time of the first new fill of
    those that only got fills.
    """

    account_id: AccountId
    symbols: Sequence[Symbol]
    matchings: Sequence[Matching]
    first_new: Mapping[Symbol, datetime]


def find_change(connection: Connection[Any], user_id: UserId, books: MatchedBooks) -> TradeChange:
    """Return what these matchings change in the stored trades, before they take their place."""
    resumed = [one for one in books.matchings if one.resumed is not None]
    gone_on = {one.symbol for one in resumed}
    anew = [symbol for symbol in books.symbols if symbol not in gone_on]
    open_ids = [trade for one in resumed if one.resumed for trade in one.resumed.trades]
    found = judged.trips_of_books(connection, user_id, books.account_id, anew, open_ids)
    stored = {trip.id: trip for trip in found}
    before = {name: trip for name, trip in stored.items() if name not in open_ids}
    now = {trip.id: trip for one in books.matchings if one.resumed is None for trip in one.trips}
    first_new_us = {symbol: microseconds(at) for symbol, at in books.first_new.items()}
    moments = [*_of_books_gone_on(resumed, stored, first_new_us), *_of_books_anew(before, now)]
    return TradeChange(instant(min(moments)) if moments else None, appended=not before)


def _of_books_gone_on(
    resumed: Iterable[Matching], stored: Trips, first_new_us: Mapping[Symbol, int]
) -> Iterator[int]:
    """Yield when books changed that go on: at their first new fill, or where that reaches back.

    A fill may belong to the order that opened a trade, and what is left of a trade may turn out to
    be a rounding.
    """
    for matching in resumed:
        first = first_new_us[matching.symbol]
        for trip in matching.trips:
            before = stored.get(trip.id)
            if before is None or _opening(before) != _opening(trip):
                yield min(first, trip.opened_us)
            yield min(first, first if trip.closed_us is None else trip.closed_us)
        gone = matching.resumed.trades if matching.resumed else ()
        there = {trip.id for trip in matching.trips}
        yield from (stored[trade].opened_us for trade in gone if trade not in there)


def _opening(trip: Trip) -> tuple[object, ...]:
    return trip.opened_us, trip.side, trip.notional, trip.entry_fills


def _of_books_anew(before: Trips, now: Trips) -> Iterator[int]:
    """Yield when trades were opened that are others now, are gone, or were not there."""
    for name in before.keys() | now.keys():
        old, new = before.get(name), now.get(name)
        if old != new:
            yield from (one.opened_us for one in (old, new) if one is not None)
