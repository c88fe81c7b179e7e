"""The fills of the trades of a book, where a coin was renamed: those under its earlier names, too.

The ledger is walked once more, to see which trades went on. A trade's fills stand together, those
of a position that was joined in order of time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from coach.engine.ledger.renamed.names import EarlierName
from coach.engine.ledger.renamed.renames import family_of
from coach.engine.ledger.splits import DueSplits
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.model.accounts import Account
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol, base_of

TICK = timedelta(microseconds=1)
SplitsOfCoin = Mapping[str, Sequence[Split]]


@dataclass(slots=True)
class ContinuedBook:
    """The fills of the trades of one symbol in book order; `earlier` are those of other names."""

    fills: list[BookFill] = field(default_factory=list)
    earlier: dict[FillKey, EarlierName] = field(default_factory=dict)


class _Walk:
    """One symbol under way: its ledger, what was taken, and the fills that are still to come."""

    def __init__(
        self, account: Account, symbol: Symbol, fills: Sequence[BookFill], splits: Sequence[Split]
    ) -> None:
        self.symbol, self.splits = symbol, tuple(splits)
        self.books = SymbolBooks(account, symbol)
        self.book = ContinuedBook()
        self._due, self._coming, self._next = DueSplits(splits), fills, 0

    def until(self, at: datetime | None) -> None:
        """Take the fills before a moment (None: all)."""
        while self._next < len(self._coming):
            fill = self._coming[self._next]
            if at is not None and fill.at >= at:
                return
            for split in self._due.until(fill.at):
                self.books.split(split)
            self.books.add(fill)
            self.book.fills.append(fill)
            self._next += 1

    def begun_at(self, *, margin: bool) -> FillKey | None:
        """Return the first fill of the position that is open; None where none is."""
        book = self.books.book(margin=margin)
        trip = book.trip_under_way
        return trip.opening.keys[0] if trip is not None and book.held else None

    def split_before(self, at: datetime) -> None:
        """Let the splits before a moment take effect."""
        for split in self._due.until(at - TICK):
            self.books.split(split)

    def take_out(self, first: FillKey, *, margin: bool) -> list[BookFill]:
        """Take the fills since the first of a trade out, and return them."""
        fills = self.book.fills
        start = next(place for place, fill in enumerate(fills) if fill.key == first)
        own = [fill for fill in fills[start:] if bool(fill.margin) is margin]
        gone = {fill.key for fill in own}
        self.book.fills = [fill for fill in fills if fill.key not in gone]
        return own


def continued(
    account: Account,
    fills: Mapping[Symbol, Sequence[BookFill]],
    splits: SplitsOfCoin,
    renames: Iterable[Rename],
) -> dict[Symbol, ContinuedBook]:
    """Return the books of an account with their trades' fills together, by symbol.

    `fills` are all fills of books that renames connect, in book order; `splits` are by coin.
    """
    told = tuple(renames)
    names = sorted({*fills, *chain.from_iterable(family_of(told, symbol) for symbol in fills)})
    walks = {
        symbol: _Walk(account, symbol, fills.get(symbol, ()), splits.get(base_of(symbol), ()))
        for symbol in names
    }
    for rename in told:
        for symbol, walk in walks.items():
            base, _, quote = symbol.rpartition("-")
            if base == rename.old:
                _hand_over(rename, walk, walks[Symbol(f"{rename.new}-{quote}")])
    for walk in walks.values():
        walk.until(None)
        _restate(walk)
    return {symbol: walk.book for symbol, walk in walks.items()}


def _hand_over(rename: Rename, old: _Walk, new: _Walk) -> None:
    for walk in (old, new):
        walk.until(rename.at)
        walk.split_before(rename.at)
    firsts = {margin: old.begun_at(margin=margin) for margin in (False, True)}
    there = {margin: new.begun_at(margin=margin) for margin in (False, True)}
    list(old.books.hand_over(new.books, rename.split))
    for margin, first in firsts.items():
        if first is None or old.begun_at(margin=margin) is not None:
            continue
        moved = old.take_out(first, margin=margin)
        for fill in moved:
            new.book.earlier[fill.key] = _renamed(old, fill, rename)
        joined = there[margin]
        own = [] if joined is None else new.take_out(joined, margin=margin)
        new.book.fills += sorted([*own, *moved], key=lambda fill: fill.at)


def _renamed(old: _Walk, fill: BookFill, rename: Rename) -> EarlierName:
    """Return the name of a fill that goes on, with what made other units of it so far."""
    named = old.book.earlier.pop(fill.key, EarlierName(old.symbol))
    since = named.splits[-1].at if named.splits else fill.at + TICK
    later = tuple(one for one in old.splits if since <= one.at < rename.at)
    return named._replace(splits=(*named.splits, *later, rename.split))


def _restate(walk: _Walk) -> None:
    """Add the splits of the last name, those at the time of the rename among them."""
    for key, named in walk.book.earlier.items():
        later = tuple(one for one in walk.splits if one.at >= named.splits[-1].at)
        walk.book.earlier[key] = named._replace(splits=(*named.splits, *later))
