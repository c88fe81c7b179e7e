"""The fills of a trade: from the one that opened it to the one that closed it, in book order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from coach.engine.ledger.symbol_books import owned_and_margin
from coach.model.times import microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.session import Session
    from coach.model.accounts import AccountId
    from coach.model.fills import BookFill, Symbol
    from coach.model.trades import RoundTrip, TradeId

    BookKey = tuple[AccountId, Symbol]


def prices(session: Session, trips: Sequence[RoundTrip]) -> dict[TradeId, list[float]]:
    """Return the prices of each trip's fills."""
    return {trip.id: [float(one.price) for one in own] for trip, own in _with_fills(session, trips)}


def of_trip(session: Session, trip: RoundTrip) -> tuple[BookFill, ...]:
    """Return the trip's fills; a fill that turned the position round belongs to two trips."""
    return next((tuple(own) for _, own in _with_fills(session, [trip])), ())


def _with_fills(
    session: Session, trips: Sequence[RoundTrip]
) -> Iterator[tuple[RoundTrip, list[BookFill]]]:
    """Yield the trips with their fills, book by book: one reading."""
    starts: dict[str, int] = {}
    of_book: dict[BookKey, list[RoundTrip]] = defaultdict(list)
    for trip in trips:
        opened = microseconds(trip.opened_at)
        starts[trip.symbol] = min(opened, starts.get(trip.symbol, opened))
        of_book[trip.account_id, trip.symbol].append(trip)
    until = max((microseconds(trip.closed_at or session.clock()) for trip in trips), default=0) + 1
    from coach.engine.history.book_fills import books_reaching

    with session.connection.transaction():
        for book in books_reaching(session.connection, session.user.id, starts, until):
            own = of_book.get((book.name.account_id, book.name.symbol), [])
            if own:
                books = [_Book(found) for found in owned_and_margin(book.fills)]
                yield from ((trip, _own(trip, books)) for trip in own)


class _Book:
    """The fills of one book in its order, and the place of each."""

    def __init__(self, held: list[BookFill]) -> None:
        self.fills = held
        self.places = {fill.key: place for place, fill in enumerate(held)}


def _own(trip: RoundTrip, books: Sequence[_Book]) -> list[BookFill]:
    """Return the fills of a trip out of the books of its symbol: coins owned, and margin."""
    opening = trip.entry_fills[0]
    book = next((book for book in books if opening in book.places), None)
    if book is None:
        return []
    first = book.places[opening]
    if trip.closed_at is None:
        return book.fills[first:]
    last = max((book.places[key] for key in trip.exit_fills if key in book.places), default=first)
    if first <= last:
        return book.fills[first : last + 1]
    return [fill for fill in book.fills if trip.opened_at <= fill.at <= trip.closed_at]
