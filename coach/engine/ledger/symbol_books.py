"""The two books of one account and symbol: coins that are owned, and positions on margin.

A trade on margin moves no owned coin: a margin sale beside owned coins is a short, and its own
purchase closes it. So it has a book of its own, in which every account can be short.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from coach.engine.ledger.book import Book
from coach.engine.ledger.exact import ZERO
from coach.engine.ledger.saved_books import Saved
from coach.model.accounts import Account
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, Symbol
from coach.model.trades import Method, Position, RoundTrip, UnknownBasis


class SymbolBooks:
    """Takes the fills of one account and symbol in book order, each into the book it belongs to."""

    __slots__ = ("_account", "_margin", "_owned", "_symbol")

    def __init__(self, account: Account, symbol: Symbol) -> None:
        self._account, self._symbol = account, symbol
        self._owned: Book | None = None
        self._margin: Book | None = None

    def state(self) -> Saved:
        """Return all that the next fills depend on, as plain JSON."""
        return {
            "owned": self._owned and self._owned.state(),
            "margin": self._margin and self._margin.state(),
        }

    def go_on_from(self, state: Saved) -> None:
        """Go on where the books of the same account and symbol were, without their `unknown`."""
        if state["owned"]:
            self._owned = Book(self._account, self._symbol)
            self._owned.go_on_from(state["owned"])
        if state["margin"]:
            self._margin = Book(on_margin(self._account), self._symbol)
            self._margin.go_on_from(state["margin"])

    def add(self, fill: BookFill) -> RoundTrip | None:
        """Take the next fill and return the trip that it closed, if any."""
        book = self._margin if fill.margin else self._owned
        if book is None:
            book = self.book(margin=fill.margin != "")
        return book.add(fill)

    def split(self, split: Split) -> None:
        """Let a split of the base take effect on both positions."""
        for book in self._books():
            book.split(split)

    def hand_over(self, other: "SymbolBooks", split: Split) -> Iterator[RoundTrip]:
        """Let both positions go on in other books, and yield the trips that are over by this."""
        for book in self._books():
            margin = book is self._margin
            if book.held:
                finished = book.hand_over(other.book(margin=margin), split)
                if finished is not None:
                    yield finished

    def book(self, *, margin: bool) -> Book:
        """Return the book of owned coins, or of the position on margin; it begins empty."""
        book = self._margin if margin else self._owned
        if book is None and margin:
            self._margin = book = Book(on_margin(self._account), self._symbol)
        elif book is None:
            self._owned = book = Book(self._account, self._symbol)
        return book

    def held(self, *, margin: bool) -> Decimal:
        """Return the signed position on margin, or of owned coins."""
        book = self._margin if margin else self._owned
        return book.held if book is not None else ZERO

    def open_trips(self) -> Iterator[RoundTrip]:
        """Yield the trips under way."""
        found = (book.open_trip() for book in self._books())
        return (trip for trip in found if trip is not None)

    @property
    def is_begun(self) -> bool:
        """Return whether they took a fill, or a trip of another name."""
        return self._owned is not None or self._margin is not None

    def positions(self, method: Method) -> Iterator[Position]:
        """Yield the position of each book that took a fill, or a trip of another name."""
        for book in self._books():
            yield replace(book.position(method), margin=book is self._margin)

    @property
    def unknown(self) -> list[UnknownBasis]:
        """What no trip could take."""
        return [line for book in self._books() for line in book.unknown]

    @property
    def sold_from_flat(self) -> bool:
        """Return whether more owned coins were sold than were bought, beyond rounding."""
        return self._owned is not None and self._owned.sold_from_flat

    def _books(self) -> Iterator[Book]:
        return (book for book in (self._owned, self._margin) if book is not None)


def on_margin(account: Account) -> Account:
    """Return the account as its trades on margin see it: they can be short."""
    return replace(account, shorts=True)


def owned_and_margin(fills: Iterable[BookFill]) -> tuple[list[BookFill], list[BookFill]]:
    """Return the fills of one symbol as those of its two books, in the same order."""
    owned: list[BookFill] = []
    margin: list[BookFill] = []
    for fill in fills:
        (margin if fill.margin else owned).append(fill)
    return owned, margin
