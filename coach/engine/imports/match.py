"""Matching the fills of a book, as they are read or as they are stored.

The first import of an account whose rows stand in book order is matched while it is read; a book
that does not come in order, or has buys and sells of one instant, is matched afterwards, from what
is stored. A book that only gets fills after all that it has goes on from where its matching ended.
All ways run the same ledger over the same fills in the same order.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coach._version import VERSION
from coach.engine.imports.book_order import in_turn, instants
from coach.engine.imports.fill_chain import FillChain
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.identity import words_of_book_fill
from coach.engine.ledger.renamed.renames import concerning, family_of, words_of_rename
from coach.engine.ledger.saved_books import LAYOUT
from coach.engine.ledger.splits import DueSplits, words_of_split
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.engine.store import fee_values
from coach.engine.store.entries.splits import splits
from coach.engine.store.results import matched_books
from coach.engine.store.results.matched_books import BookEnds, MatchedBook
from coach.engine.store.trades import TradeLines
from coach.model.fills import Symbol, base_of, book_fill

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.imports.book_order import Instant
    from coach.engine.ledger.identity import NamedFill
    from coach.model.accounts import Account, AccountId, UserId
    from coach.model.entries.renames import Rename
    from coach.model.entries.splits import Split
    from coach.model.fees import FeeValue
    from coach.model.fills import BookFill, FillKey
    from coach.model.trades import RoundTrip, Trip

    FeeValues = Mapping[tuple[AccountId, FillKey], FeeValue]

NO_VALUES: FeeValues = {}
TICK = timedelta(microseconds=1)


class Matching:
    """One symbol under way: its trips as columns for the statistics, as lines for the store.

    `turns` are those of fills that have another in the store. `guesses` are the times of instants
    whose order was guessed and is another than the one in the store. `values` are those of its fees
    in third coins, `splits` those of its base, `renames` those of its base and of its other names,
    both oldest first. `resumed` says what was open where it
    went on, None where it began at the first fill; then `trips` and `lines` are only those that end
    later.
    """

    __slots__ = (
        "_chain",
        "_named_at",
        "_renames",
        "_splits",
        "_values",
        "account",
        "book",
        "guesses",
        "last",
        "last_at",
        "lines",
        "resumed",
        "symbol",
        "trips",
        "turns",
    )

    def __init__(
        self,
        user_id: UserId,
        account: Account,
        symbol: Symbol,
        values: FeeValues = NO_VALUES,
        splits: Sequence[Split] = (),
        renames: Sequence[Rename] = (),
    ) -> None:
        self.account, self.symbol, self._values = account, symbol, values
        self._renames = tuple(renames)
        self._named_at: datetime | None = None
        self._splits = DueSplits(splits)
        self.book = SymbolBooks(account, symbol)
        self.turns: dict[FillKey, int] = {}
        self.guesses: list[datetime] = []
        self.lines = TradeLines(user_id)
        self.trips: list[Trip] = []
        self.last: NamedFill | None = None
        self.last_at: datetime | None = None
        self.resumed: BookEnds | None = None
        self._chain = FillChain()

    def go_on_from(self, matched: MatchedBook, first_new: datetime) -> bool:
        """Go on where the matching of the book ended, with a fill of that time.

        False where another coach matched it, or its splits or renames were others or came after
        that fill.
        """
        saved = json.loads(matched.state)
        if saved["made"] != _made(self.account) or saved["splits"] != self._split_words():
            return False
        if saved["renames"] != self._rename_words():
            return False
        if any(every and every[-1].at > first_new for every in (self._splits.every, self._renames)):
            return False
        self._splits.skip()
        self.book.go_on_from(saved["books"])
        self._chain.go_on_from(saved["chain"])
        self.last_at = matched.last_at
        open_trips = tuple(trip.id for trip in self.book.open_trips())
        self.resumed = BookEnds(open_trips, tuple(one.key for one in self.book.unknown))
        return True

    def ended(self, account: Account) -> MatchedBook:
        """Return where the matching ended; the account as it is read now reads the fills alike."""
        last_at = self.last_at or self._named_at
        assert last_at is not None
        state = {
            "splits": self._split_words(),
            "renames": self._rename_words(),
            "made": _made(account),
            "chain": self._chain.saved(),
            "books": self.book.state(),
        }
        return MatchedBook(self._chain.sha256(), last_at, json.dumps(state))

    @property
    def has_fee_values(self) -> bool:
        """Return whether a fee in a third coin is valued."""
        return bool(self._values)

    def take_instant(self, instant: Instant) -> None:
        """Take the fills of the book's next instant in the order in which they happened."""
        if self._splits.every:
            self._split_until(instant.fills[0].fill.at)
        turns = in_turn(instant, self.book, self.account, self.symbol)
        for (fill, nanos, _, stored_turn), turn, guessed in turns:
            if stored_turn != turn:
                self.turns[fill.key] = turn
                if guessed and fill.at not in self.guesses[-1:]:
                    self.guesses.append(fill.at)
            value = self._values.get((self.account.id, fill.key))
            valued = fee_values.with_value(fill, self.symbol, value)
            self.take(valued, words_of_book_fill(self.symbol, valued, nanos))

    def take(self, fill: BookFill, words: str) -> None:
        """Take the book's next fill; `words` is what it says, as `identity.words_of` writes it."""
        if self._splits.every:
            self._split_until(fill.at)
        self._chain.take(fill, words)
        self.last_at = fill.at
        trip = self.book.add(fill)
        if trip is not None:
            self._record_trip(trip)

    def hand_over(self, rename: Rename, other: Matching) -> None:
        """Let what is open go on in the matching of the new name; all fills before were taken.

        Splits of the rename's own moment come after it.
        """
        self._split_until(rename.at - TICK)
        words = words_of_rename(rename)
        other.take_over(rename, self.book, [*words, self._chain.sha256()])
        self._chain.take_rename(words)

    def take_over(self, rename: Rename, book: SymbolBooks, words: Sequence[str]) -> None:
        """Go on with what is open in books of the old name; `words` is what this tells."""
        self._split_until(rename.at - TICK)
        for trip in book.hand_over(self.book, rename.split):
            self._record_trip(trip)
        self._named_at = rename.at
        self._chain.take_rename(words)

    def finish(self) -> None:
        """Let the splits take effect that came after the last fill; record what is still open."""
        self._split_until(None)
        for trip in self.book.open_trips():
            self._record_trip(trip)

    def _split_until(self, at: datetime | None) -> None:
        """Let the splits up to a moment take effect: they come before its fills."""
        for split in self._splits.until(at):
            self.book.split(split)
            self._chain.take_split(words_of_split(split))

    def _split_words(self) -> list[list[str]]:
        return [words_of_split(split) for split in self._splits.every]

    def _rename_words(self) -> list[list[str]]:
        return [words_of_rename(rename) for rename in self._renames]

    def _record_trip(self, trip: RoundTrip) -> None:
        self.lines.write(trip)
        self.trips.append(as_columns(trip))


def _made(account: Account) -> list[object]:
    """Return what the state of a book depends on beside its fills: this coach, the account."""
    return [VERSION, LAYOUT, account.name, account.shorts]


def match_stored(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    told: Sequence[Rename],
    first_new: datetime | None = None,
) -> Matching | None:
    """Match a book from its stored fills, within a transaction; None where it has none.

    Fees in third coins count with their values. `told` are the renames of the account. `first_new`
    says that since the book was matched last it only got fills, the first of them at that moment,
    and that nothing else changed of the coin's other names; None says nothing.
    """
    renames = concerning(told, base_of(symbol)) if told else ()
    matching = _unmatched(connection, user_id, account, symbol, renames)
    if first_new is not None and not matching.has_fee_values:
        matched = matched_books.find(connection, user_id, account.id, symbol)
        if matched is not None and matched.last_at < first_new:
            matching.go_on_from(matched, first_new)
    if renames and matching.resumed is None:
        return _match_family(connection, user_id, account, symbol, renames)
    _take_instants(connection, user_id, matching, None)
    matching.finish()
    return None if matching.last_at is None else matching


def _unmatched(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    renames: Sequence[Rename],
) -> Matching:
    values = fee_values.by_fill(connection, user_id, account.id, [symbol])
    base = base_of(symbol)
    told = splits(connection, user_id, account.id, base).get((account.id, base), ())
    return Matching(user_id, account, symbol, values, told, renames)


def _take_instants(
    connection: Connection[Any], user_id: UserId, matching: Matching, until: datetime | None
) -> None:
    """Take the stored fills that were not taken yet, and are before a moment (None: all)."""
    place = (connection, user_id, matching.account, matching.symbol)
    with closing(instants(*place, matching.last_at)) as found:
        for instant in found:
            if until is not None and instant.fills[0].fill.at >= until:
                return
            matching.take_instant(instant)


def _match_family(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    renames: Sequence[Rename],
) -> Matching | None:
    """Match a book and those of the coin's other names from their first fills.

    What is open in one at a rename goes on in another. Returns the book's own; None where it has
    neither a fill nor a position that was opened under another name.
    """
    family = {
        name: _unmatched(connection, user_id, account, name, renames)
        for name in family_of(renames, symbol)
    }
    quote = symbol.rpartition("-")[2]
    for rename in renames:
        names = [Symbol(f"{coin}-{quote}") for coin in (rename.old, rename.new)]
        old, new = (family[name] for name in names)
        for one in (old, new):
            _take_instants(connection, user_id, one, rename.at)
        old.hand_over(rename, new)
    wanted = family[symbol]
    _take_instants(connection, user_id, wanted, None)
    wanted.finish()
    return wanted if wanted.book.is_begun or wanted.last_at is not None else None


class IncrementalMatching:
    """Matches a first import's fills as they are read, book by book, while they come in order.

    `first_new` are the books that only got fills, each with the time of the first of them.
    `renames` are those of the account, once its entries are kept.
    """

    def __init__(self, user_id: UserId, account: Account) -> None:
        self.user_id = user_id
        self.account = account
        self.first_new: Mapping[Symbol, datetime] = {}
        self.renames: Sequence[Rename] = ()
        self._books: dict[Symbol, Matching | None] = {}
        self._finished: dict[Symbol, Matching] = {}

    def take(self, named: NamedFill) -> None:
        """Take the next fill; a book that turns out not to be in order is given up."""
        key, words, fill = named
        matching = self._books.get(fill.symbol)
        if matching is None:
            if fill.symbol in self._books:
                return
            matching = Matching(self.user_id, self.account, fill.symbol)
            self._books[fill.symbol] = matching
        elif not _follows(named, matching.last):
            self._books[fill.symbol] = None
            return
        matching.last = named
        matching.take(book_fill(key, fill), words)

    def match(
        self, connection: Connection[Any], account: Account, symbol: Symbol
    ) -> Matching | None:
        """Match a book from the store as the account is read now; None where it has no fill."""
        first_new = self.first_new.get(symbol)
        return match_stored(connection, self.user_id, account, symbol, self.renames, first_new)

    def give_up(self, symbol: Symbol) -> None:
        """Drop a book's matching: its fills have other keys now, or it is read another way."""
        self._finished.pop(symbol, None)
        self._books.pop(symbol, None)

    def find(self, symbol: Symbol) -> Matching | None:
        """Return the matching of a book, finished or not; None where none is here."""
        return self._finished.get(symbol) or self._books.get(symbol)

    def keep(self, symbol: Symbol, finished: Matching) -> None:
        """Keep a matching that was made from the store and is finished."""
        self._finished[symbol] = finished

    def give_up_kept(self) -> None:
        """Drop the matchings that were made from the store: the account is read another way."""
        self._finished.clear()

    def give_up_coins(self, coins: Collection[str]) -> None:
        """Drop the matchings of coins that were split or renamed: what was read did not tell it."""
        for symbol in [*self._books, *self._finished]:
            if base_of(symbol) in coins:
                self.give_up(symbol)
                self._books[symbol] = None

    def matched(self, symbol: Symbol) -> Matching | None:
        """Return the finished matching of a book that came in order, or that was kept."""
        if symbol in self._finished:
            return self._finished.pop(symbol)
        matching = self._books.pop(symbol, None)
        if matching is not None:
            matching.finish()
        return matching


def _follows(named: NamedFill, last: NamedFill | None) -> bool:
    """Return whether a fill comes next in its book, and nothing but its time decides that."""
    assert last is not None
    fill, before = named.fill, last.fill
    if fill.at != before.at:
        return fill.at > before.at
    if fill.nanos == before.nanos and fill.side != before.side:
        return False
    return _place(named) > _place(last)


def _place(named: NamedFill) -> tuple[object, ...]:
    """Return where a fill stands in its book, as the store's order has it."""
    fill = named.fill
    name = (len(fill.native_id), fill.native_id.encode())
    return (fill.at, fill.nanos, *name, fill.side, fill.price, fill.quantity, named.key)
