"""The fills that are replayed, book by book, and the trips that they made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.engine.features.history import History, history
from coach.engine.features.orders import BookFills, Rows, orders
from coach.engine.ledger.book import Book
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.renamed.names import EarlierName
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.engine.ledger.splits import DueSplits
from coach.model.accounts import Account
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import Trip


@dataclass(frozen=True, slots=True)
class AccountBook:
    """One account's fills in one symbol, in book order, and the splits of its coin.

    `earlier` are fills that were traded under another name of the coin, each with the symbol.
    """

    account: Account
    symbol: Symbol
    fills: Sequence[BookFill]
    splits: tuple[Split, ...] = ()
    earlier: tuple[tuple[FillKey, Symbol], ...] = ()

    @property
    def name(self) -> BookName:
        """Return whose trips its fills make."""
        return BookName(self.account.id, self.account.name, self.symbol)


def matched(book: AccountBook) -> list[Trip]:
    """Return the trips of a book by the ledger, the open one last."""
    ledger, due, found = Book(book.account, book.symbol), DueSplits(book.splits), []
    for fill in book.fills:
        for split in due.until(fill.at):
            ledger.split(split)
        trip = ledger.add(fill)
        if trip is not None:
            found.append(as_columns(trip))
    for split in due.until(None):
        ledger.split(split)
    last = ledger.open_trip()
    return _named(book, found if last is None else [*found, as_columns(last)])


def _named(book: AccountBook, trips: Iterable[Trip]) -> list[Trip]:
    """Return trips by the ids that they have where their coin had another name."""
    names, found = dict(book.earlier), []
    for trip in trips:
        opening = trip.entry_fills[0]
        if opening in names:
            then = book.name._replace(symbol=names[opening])
            trip = trip._replace(id=trade_id(then, opening))  # noqa: PLW2901 - with its own id
        found.append(trip)
    return found


def past_of(trips: Iterable[Trip], books: Sequence[AccountBook]) -> History:
    """Return the trips as columns with every order beside them; no market and no trader."""
    found = history(trips)
    fills_by_book = [
        BookFills(book.name, book.fills, book.splits, _earlier_names(book)) for book in books
    ]
    laid_out = orders(Rows(found.ids, found.exit_fills, found.entry_fills), fills_by_book)
    return found.beside(laid_out, found.market, found.trader)


def _earlier_names(book: AccountBook) -> dict[FillKey, EarlierName]:
    """Return the names of fills, which are in the units of the last one but for its own splits."""
    return {key: EarlierName(symbol, book.splits) for key, symbol in book.earlier}
