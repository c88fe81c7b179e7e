"""Fills at the edges: of keys, of rows, of orders, of margin and of what is left of nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

import pytest

from coach.engine.ledger.book import Book
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.exact import quotient, share
from coach.engine.ledger.identity import (
    Namer,
    StoredReading,
    content_of,
    resolve_id,
    words_of,
    words_of_book_fill,
)
from coach.engine.ledger.orders import orders
from coach.engine.ledger.restate import in_quote, split
from coach.engine.ledger.row_order import RowOrder
from coach.engine.ledger.short_evidence import ShortEvidence, looks_short, weigh
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, Fill, FillKey, Symbol
from coach.model.times import microseconds
from coach.model.trades import RoundTrip

Ledger = tuple[Book, list[RoundTrip]]
BTC = Symbol("BTC-USD")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fill(native_id: str = "", price: str = "100", at: datetime = NOON, symbol: str = BTC) -> Fill:
    numbers = (Decimal(1), Decimal(price), Decimal("0.50"))
    return Fill(Symbol(symbol), "buy", *numbers, "USD", at, 7, "", native_id, 1)


def key_of(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def test_copies_without_an_id_are_numbered_from_one() -> None:
    namer = Namer("generic")
    words = words_of(fill())
    assert words == "BTC-USD\tbuy\t1\t100\t0.5\tUSD\t2026-03-02T12:00:00+00:00\t7"
    keys = [namer.name(fill()).key for _ in range(3)]
    copies = [key_of(f"copy\0{number}\0{words}") for number in (1, 2)]
    assert keys == [key_of(words), *copies]


def test_an_id_with_two_contents_is_shared_and_one_that_is_repeated_is_not() -> None:
    repeated, shared = Namer("generic"), Namer("generic")
    for price in ("100", "100"):
        repeated.name(fill("7", price))
    for price in ("100", "101"):
        shared.name(fill("7", price))
    assert repeated.shared == set()
    assert shared.shared == {shared.key_of_id(fill("7"))}
    assert shared.copies == {}


def test_a_fill_of_a_book_says_what_the_fill_said() -> None:
    one = fill()
    booked = BookFill(FillKey(b"k"), "buy", *one[2:5], "USD", NOON, "order", "closing")
    assert words_of_book_fill(BTC, booked, 7) == words_of(one)


def test_a_correction_is_judged_by_the_import_that_brought_it_first() -> None:
    """The second reading came with 2, and again with 5, which brought another fill, too."""
    first, corrected = content_of(fill()), content_of(fill(price="104"))
    other = content_of(fill(price="7", at=NOON + MINUTE)._replace(quantity=Decimal(9)))
    readings = [
        StoredReading(1, first, 20, frozenset({1})),
        StoredReading(2, corrected, 20, frozenset({2, 5})),
        StoredReading(3, other, 20, frozenset({5})),
    ]
    assert resolve_id(readings) == {1: 2, 2: 2, 3: 3}


def steps(minutes: list[int]) -> int:
    rows = RowOrder()
    for minute in minutes:
        rows.pass_by(NOON + minute * MINUTE)
    return rows.end()


def test_each_step_of_the_rows_counts_once() -> None:
    assert steps([*range(11), 5]) == 1  # ten up and one down
    assert steps([*range(10), 5]) == 0
    assert steps([*range(11, 0, -1), 5]) == -1
    assert steps([*range(10, 0, -1), 5]) == 0
    assert steps([0, 1]) == 1
    assert steps([3]) == 0


def test_rows_of_the_oldest_and_the_newest_instant_are_marked_and_placed() -> None:
    namer, rows = Namer("generic"), RowOrder()
    for minute in (0, 0, 1, 2):
        rows.take(namer.name(fill(at=NOON + minute * MINUTE)))
    assert rows.end() == 1
    assert [(edge, row.place) for edge, row in rows.edges()] == [(-1, 1), (-1, 2), (1, 4)]
    assert rows.tied == []


def test_shares_are_exact_beyond_a_hundred_digits_and_of_nothing() -> None:
    long = Decimal("1." + "3" * 120)
    assert share(long, Decimal(7), Decimal(7)) == long
    assert share(Decimal(7), Decimal(0), Decimal(0)) == 7
    assert share(Decimal(0), Decimal(1), Decimal(0)) == 0
    assert share(Decimal(3), Decimal(1), Decimal(4)) == Decimal("0.75")
    assert len(quotient(Decimal(1), Decimal(3)).as_tuple().digits) == 100
    assert quotient(Decimal(2), Decimal(3)).as_tuple().digits[-1] == 6  # never rounded up


def test_a_buy_whose_fee_is_all_that_it_bought_stays_a_buy(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 100 fee 1 BTC
    09:01 buy  1 @ 100 fee 1.5 BTC
    09:02 sell 1 @ 100 fee 0.5 BTC
    09:03 sell 1 @ 100 fee -0.5 BTC
    """
    restated = [in_quote(one, "BTC", "USD") for one in fills]
    assert [(one.side, str(one.quantity), str(one.fee)) for one in restated] == [
        ("buy", "0", "100"),
        ("sell", "0.5", "150.0"),
        ("sell", "1.5", "50.0"),
        ("sell", "0.5", "-50.0"),
    ]
    first, rest = split(restated[2], Decimal(1))
    assert [first.quantity, rest.quantity] == [1, Decimal("0.5")]
    assert first.fee + rest.fee == 50
    assert float(first.fee) == pytest.approx(100 / 3)


def test_a_fill_with_an_order_is_no_part_of_an_opening_without_one(spot: Ledger) -> None:
    """
    09:00:00 buy 2 @ 100
    09:00:20 buy 2 @ 100 order A
    """
    trip = spot[0].open_trip()
    assert trip is not None
    assert trip.entry_fills == (b"fill 1",)


def test_a_minute_apart_is_one_order_and_more_is_another(fills: list[BookFill]) -> None:
    """
    09:00:00 buy 2 @ 100
    09:01:00 buy 2 @ 103
    09:02:01 buy 2 @ 100
    """
    first, second = orders(fills)
    assert [first.quantity, first.price, first.notional] == [4, Decimal("101.5"), 406]
    assert (first.last_at - first.first_at, second.quantity) == (MINUTE, Decimal(2))


def test_columns_hold_the_times_of_a_trip(spot: Ledger) -> None:
    """
    09:00 buy  2 @ 100
    09:30 sell 2 @ 110
    10:00 buy  1 @ 100
    """
    book, [closed] = spot
    trip = book.open_trip()
    assert trip is not None
    assert closed.closed_at is not None
    columns = as_columns(closed)
    assert (columns.opened_us, columns.closed_us) == (
        microseconds(closed.opened_at),
        microseconds(closed.opened_at) + 30 * 60 * 1_000_000,
    )
    assert (as_columns(trip).closed_us, columns.quote) == (None, "USD")
    paid = closed._replace(other_fees={"BNB": Decimal(1)})
    assert (as_columns(paid).other_fees, columns.other_fees) == ({"BNB": Decimal(1)}, {})


@pytest.mark.parametrize(("left", "is_closed"), [("0.999", True), ("0.9991", False)])
def test_a_hundredth_that_fees_in_the_coin_left_closes_a_trip(
    left: str, *, is_closed: bool
) -> None:
    """Of 99.9 coins that came, 0.999 may stay: exactly a hundredth of what the trip entered."""
    book = Book(Account(AccountId(1), "main", "generic", shorts=False), BTC)
    numbers = (Decimal(100), Decimal(100), Decimal("0.1"))
    book.add(BookFill(FillKey(b"a"), "buy", *numbers, "BTC", NOON, ""))
    numbers = (Decimal("99.9") - Decimal(left), Decimal(100), Decimal(0))
    book.add(BookFill(FillKey(b"b"), "sell", *numbers, "USD", NOON + MINUTE, ""))
    trip = book.open_trip()
    assert trip is not None
    assert (trip.closed_at is not None) is is_closed


def test_a_book_remembers_that_more_was_sold_than_was_bought(fills: list[BookFill]) -> None:
    """
    09:00 buy  2 @ 100
    09:01 sell 1 @ 100
    09:02 sell 2 @ 100
    """
    books = SymbolBooks(Account(AccountId(1), "main", "generic", shorts=False), BTC)
    told = [books.sold_from_flat]
    for one in fills:
        books.add(one)
        told.append(books.sold_from_flat)
    assert told == [False, False, False, True]
    margin = SymbolBooks(Account(AccountId(1), "main", "generic", shorts=False), BTC)
    margin.add(fills[1]._replace(margin="opening"))
    assert not margin.sold_from_flat
    assert [margin.held(margin=True), margin.held(margin=False)] == [-1, 0]


def test_what_cannot_be_matched_is_marked_where_it_was_on_margin(fills: list[BookFill]) -> None:
    """
    09:00 sell 2 @ 100 fee 1
    """
    spot = Book(Account(AccountId(1), "main", "generic", shorts=False), BTC)
    spot.add(fills[0])
    assert [one.margin for one in spot.unknown] == [False]
    assert [spot.unknown[0].proceeds, spot.unknown[0].fee] == [200, 1]
    margin = Book(Account(AccountId(1), "main", "generic", shorts=True), BTC)
    margin.add(fills[0]._replace(margin="closing"))
    assert [one.margin for one in margin.unknown] == [True]
    assert margin.open_trip() is None


EVIDENCE = ShortEvidence(NOON, True, 0, 0, Decimal(0), True)


def test_nothing_left_of_a_short_counts_for_neither_reading() -> None:
    assert not looks_short([EVIDENCE])
    partly, beyond = replace(EVIDENCE, left=Decimal(-1)), replace(EVIDENCE, left=Decimal(1))
    assert looks_short([partly])
    assert not looks_short([partly, beyond])
    assert looks_short([partly, partly, beyond])
    assert not looks_short([replace(partly, held_as_spot=False)])
    assert not looks_short([replace(EVIDENCE, flat_as_short=2, flat_as_spot=2)])
    assert looks_short([replace(EVIDENCE, flat_as_short=3, flat_as_spot=2), beyond])


def test_a_short_bought_back_but_for_rounding_is_flat(fills: list[BookFill]) -> None:
    """
    09:00 sell 1         @ 100
    09:10 buy  0.9999999 @ 90
    """
    found = weigh(fills, BTC)
    assert found is not None
    assert (found.flat_as_short, found.flat_as_spot) == (1, 0)
