"""Coins that are owned and positions on margin: two books of one symbol."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.features.orders import BookFills, Rows, orders
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.round_trip import BookName
from coach.engine.ledger.symbol_books import SymbolBooks, owned_and_margin
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Margin, Side, Symbol
from coach.model.trades import RoundTrip

SPOT = Account(AccountId(1), "kraken", "kraken", shorts=False)
ETHER = Symbol("ETH-USD")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
D = Decimal


def fills_of(day: str) -> list[BookFill]:
    """Return the fills of a day, written `sell 1 @ 3000 opening`, a minute apart."""
    found = []
    for number, line in enumerate(filter(None, map(str.strip, day.splitlines()))):
        side, quantity, _, price, *margin = line.split()
        found.append(
            BookFill(
                FillKey(number.to_bytes(16)),
                side_of(side),
                D(quantity),
                D(price),
                D(1),
                "USD",
                START + timedelta(minutes=number),
                f"o{number}",
                margin_of(margin),
            )
        )
    return found


def side_of(word: str) -> Side:
    return "buy" if word == "buy" else "sell"


def margin_of(words: list[str]) -> Margin:
    if not words:
        return ""
    return "closing" if words == ["closing"] else "opening"


def matched(books: SymbolBooks, day: str) -> list[RoundTrip]:
    found = [books.add(fill) for fill in fills_of(day)]
    return [trip for trip in found if trip is not None]


@pytest.fixture
def books() -> SymbolBooks:
    return SymbolBooks(SPOT, ETHER)


BESIDE = """
buy  1 @ 2900
sell 1 @ 3000 opening
buy  1 @ 2950
buy  1 @ 2800 closing
sell 2 @ 3050
"""


def test_a_margin_sale_beside_owned_coins_is_a_short_of_its_own(books: SymbolBooks) -> None:
    """The short made 200 less 2; the coins (3050 - 2900) + (3050 - 2950) less 3."""
    short, long = matched(books, BESIDE)
    assert (short.side, short.gross, short.fees, short.fills) == ("short", D(200), D(2), 2)
    assert (long.side, long.gross, long.fees, long.fills) == ("long", D(250), D(3), 3)
    assert list(books.open_trips()) == []


def test_each_book_tells_its_own_position(books: SymbolBooks) -> None:
    matched(books, "buy 2 @ 100\nsell 1 @ 110 opening")
    owned, margin = books.positions("fifo")
    assert (owned.open_quantity, owned.open_cost, owned.margin) == (D(2), D(201), False)
    assert (margin.open_quantity, margin.open_cost, margin.margin) == (D(-1), D(109), True)
    assert [trip.side for trip in books.open_trips()] == ["long", "short"]


def test_a_symbol_that_was_only_traded_on_margin_has_one_position(books: SymbolBooks) -> None:
    matched(books, "sell 1 @ 110 opening\nbuy 0.4 @ 100 closing")
    (position,) = books.positions("average")
    assert (position.margin, position.open_quantity) == (True, D("-0.6"))


def test_a_position_closes_in_parts(books: SymbolBooks) -> None:
    """A short of 1 at 3000, bought back at 2900 and 2800: 50 + 100, less 3."""
    (trip,) = matched(
        books, "sell 1 @ 3000 opening\nbuy 0.5 @ 2900 closing\nbuy 0.5 @ 2800 closing"
    )
    assert (trip.side, trip.gross, trip.net) == ("short", D(150), D(147))


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_close_whose_opening_nobody_saw_opens_nothing(books: SymbolBooks, side: str) -> None:
    assert matched(books, f"{side} 1 @ 3000 closing") == []
    assert list(books.open_trips()) == []
    (line,) = books.unknown
    assert (line.side, line.quantity) == (side_of(side), D(1))


def test_what_is_closed_beyond_the_position_is_unknown(books: SymbolBooks) -> None:
    (trip,) = matched(books, "buy 1 @ 3000 opening\nsell 3 @ 3100 closing")
    assert (trip.quantity, trip.gross) == (D(1), D(100))
    assert [line.quantity for line in books.unknown] == [2]


def test_a_sale_of_owned_coins_is_no_short_because_of_a_margin_sale(books: SymbolBooks) -> None:
    matched(books, "sell 1 @ 3000 opening\nsell 2 @ 3000")
    assert [line.quantity for line in books.unknown] == [2]


def test_the_fills_of_a_symbol_come_apart_in_their_order() -> None:
    owned, margin = owned_and_margin(fills_of(BESIDE))
    assert [fill.order_id for fill in owned] == ["o0", "o2", "o4"]
    assert [fill.order_id for fill in margin] == ["o1", "o3"]


def test_orders_are_laid_out_book_by_book(books: SymbolBooks) -> None:
    trips = [as_columns(trip) for trip in matched(books, BESIDE)]
    rows = Rows(tuple(trip.id for trip in trips), tuple(trip.exit_fills for trip in trips))
    name = BookName(SPOT.id, SPOT.name, ETHER)
    laid_out = orders(rows, [BookFills(name, fills_of(BESIDE))])
    assert list(zip(laid_out.trip, laid_out.before, strict=True)) == [
        *((1, 0.0), (0, 0.0), (1, 1.0), (0, 1.0), (1, 2.0))
    ]


def test_each_book_knows_its_signed_position() -> None:
    books = SymbolBooks(SPOT, ETHER)
    assert (books.held(margin=False), books.held(margin=True)) == (D(0), D(0))
    for fill in fills_of("buy 3 @ 3000\nsell 1 @ 3100\nsell 2 @ 3200 opening"):
        books.add(fill)
    assert (books.held(margin=False), books.held(margin=True)) == (D(2), D(-2))
