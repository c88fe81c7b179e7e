"""A book that goes on from its saved state tells what it would have told without a break."""

import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import RoundTrip, UnknownBasis
from tests.unit.ledger.test_book_properties import START, books, both

BITCOIN = Symbol("BTC-USD")


def account(*, shorts: bool) -> Account:
    return Account(AccountId(1), "main", "generic", shorts)


def told(book: Book, fills: list[BookFill]) -> list[RoundTrip]:
    """Return the trips that these fills close."""
    return [trip for trip in map(book.add, fills) if trip is not None]


def gone_on(book: Book, *, shorts: bool) -> Book:
    """Return a new book that goes on where this one is, by way of text."""
    again = Book(account(shorts=shorts), BITCOIN)
    again.go_on_from(json.loads(json.dumps(book.state())))
    return again


def once_each(unknown: list[UnknownBasis]) -> dict[FillKey, UnknownBasis]:
    """Return what could not be matched by its fill: what waits is told before and after."""
    return {one.key: one for one in unknown}


@settings(max_examples=60)
@given(fills=books(), place=st.integers(0, 30), shorts=st.booleans())
def test_a_break_at_any_fill_changes_nothing(
    fills: list[BookFill], place: int, shorts: bool
) -> None:
    whole = Book(account(shorts=shorts), BITCOIN)
    trips = told(whole, fills)
    first = Book(account(shorts=shorts), BITCOIN)
    before = told(first, fills[:place])
    second = gone_on(first, shorts=shorts)
    waiting = {one.key for one in second.unknown}
    after = told(second, fills[place:])
    assert before + after == trips
    assert second.open_trip() == whole.open_trip()
    assert both(second) == both(whole)
    assert second.sold_from_flat == whole.sold_from_flat
    stays = [one for one in first.unknown if one.key not in waiting]
    assert once_each([*stays, *second.unknown]) == once_each(whole.unknown)
    assert second.state() == whole.state()


def test_amounts_keep_every_digit() -> None:
    book = Book(account(shorts=False), BITCOIN)
    amount = Decimal("0.1234567890123456789012345678901234")
    book.add(BookFill(FillKey(b"a" * 16), "buy", amount, Decimal("1.10"), amount, "USD", START, ""))
    again = gone_on(book, shorts=False)
    assert again.position("fifo").open_quantity == amount
    assert again.state() == book.state()


def test_owned_coins_and_margin_go_on_as_two_books() -> None:
    both_books = SymbolBooks(account(shorts=False), BITCOIN)
    one = Decimal(1)
    both_books.add(BookFill(FillKey(b"a" * 16), "buy", one, one, one, "USD", START, "o1"))
    short = BookFill(FillKey(b"b" * 16), "sell", one, one, one, "USD", START, "o2", "opening")
    both_books.add(short)
    again = SymbolBooks(account(shorts=False), BITCOIN)
    again.go_on_from(json.loads(json.dumps(both_books.state())))
    assert [again.held(margin=False), again.held(margin=True)] == [one, -one]
    assert [trip.side for trip in again.open_trips()] == ["long", "short"]
