"""A unit in the last place too much or too little ends a trip and makes no other."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.dust import is_rounding
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.trades import RoundTrip, TradeId

Ledger = tuple[Book, list[RoundTrip]]
START = datetime(2026, 1, 1, tzinfo=UTC)
SIDES: tuple[Side, Side] = ("buy", "sell")


def test_a_unit_too_much_sold_closes_the_trip_in_any_account(spot: Ledger, margin: Ledger) -> None:
    """
    09:00 buy  0.10000000 @ 60000
    10:00 sell 0.10000001 @ 61000
    11:00 buy  0.2        @ 62000
    12:00 sell 0.2        @ 63000
    """
    for book, trips in (spot, margin):
        assert [f"{trip.side} {trip.gross}" for trip in trips] == ["long 100", "long 200"]
        assert [trip.quantity for trip in trips] == [Decimal("0.1"), Decimal("0.2")]
        assert book.open_trip() is None
        assert book.position("fifo").open_quantity == 0


def test_the_money_of_the_unit_is_listed_and_is_no_unknown_sale(margin: Ledger) -> None:
    """
    09:00 buy  0.10000000 @ 60000
    10:00 sell 0.10000001 @ 61000 fee 10
    """
    book, [trip] = margin
    [line] = book.unknown
    assert (line.rounding, line.side, line.quantity) == (True, "sell", Decimal("1E-8"))
    assert (line.proceeds, line.fee) == (Decimal("0.00061"), Decimal(0))
    assert trip.exit == 61_000
    assert trip.fees == 10
    assert not book.sold_from_flat


def test_a_short_bought_back_by_a_unit_too_much_is_closed(margin: Ledger) -> None:
    """
    09:00 sell 0.10000000 @ 61000
    10:00 buy  0.10000001 @ 60000
    11:00 sell 0.2        @ 63000
    12:00 buy  0.2        @ 62000
    """
    book, trips = margin
    assert [f"{trip.side} {trip.gross}" for trip in trips] == ["short 100", "short 200"]
    assert [(line.side, line.rounding) for line in book.unknown] == [("buy", True)]


def test_a_unit_too_little_sold_ends_the_trip_and_moves_into_the_next(spot: Ledger) -> None:
    """
    09:00 buy  0.1        @ 60000
    10:00 sell 0.09999999 @ 61000
    11:00 buy  0.2        @ 62000
    12:00 sell 0.2        @ 63000
    """
    book, [first] = spot
    second = book.open_trip()
    assert second is not None
    assert first.gross == Decimal("99.99999")
    assert (second.closed_at is not None, second.fills) == (True, 2)
    assert book.position("fifo").open_quantity == Decimal("1E-8")


def test_a_unit_too_little_and_then_too_much_leave_nothing(spot: Ledger) -> None:
    """
    09:00 buy  0.1        @ 100
    10:00 sell 0.09999999 @ 100
    11:00 buy  0.1        @ 100
    12:00 sell 0.10000001 @ 100
    """
    book, trips = spot
    assert (len(trips), book.unknown) == (2, [])
    assert book.position("average").open_quantity == 0


def test_units_too_much_trip_after_trip_are_each_rounding(spot: Ledger, margin: Ledger) -> None:
    """
    09:00 buy  0.001      @ 100
    10:00 sell 0.00100001 @ 100
    11:00 buy  0.001      @ 100
    12:00 sell 0.00100002 @ 100
    13:00 buy  0.001      @ 100
    14:00 sell 0.00100001 @ 100
    """
    for book, trips in (spot, margin):
        assert [trip.side for trip in trips] == ["long"] * 3
        assert [line.rounding for line in book.unknown] == [True] * 3


def test_units_too_little_trip_after_trip_close_each(spot: Ledger) -> None:
    """
    09:00 buy  0.001      @ 100
    10:00 sell 0.00099999 @ 100
    11:00 buy  0.001      @ 100
    12:00 sell 0.00099999 @ 100
    13:00 buy  0.001      @ 100
    14:00 sell 0.00099999 @ 100
    """
    book, trips = spot
    assert len(trips) == 2
    last = book.open_trip()
    assert last is not None
    assert last.closed_at is not None


def test_back_at_what_the_last_trip_left_behind_a_trip_is_over(spot: Ledger) -> None:
    """
    09:00 buy  10000000 @ 1
    10:00 sell 9999990  @ 1
    11:00 buy  30       @ 1
    12:00 sell 30       @ 2
    13:00 buy  5        @ 1
    """
    _, trips = spot
    assert [trip.fills for trip in trips] == [2, 2]
    assert trips[1].quantity == 30


def test_after_a_fee_in_the_coin_a_unit_too_much_is_rounding(margin: Ledger) -> None:
    """
    09:00 buy  0.123      @ 100 fee 0.000123 BTC
    10:00 sell 0.12287701 @ 110
    """
    book, [trip] = margin
    assert trip.quantity == Decimal("0.122877")
    assert book.position("fifo").open_quantity == 0
    assert [line.rounding for line in book.unknown] == [True]


def test_a_coin_of_eighteen_decimals_has_a_last_place_too(margin: Ledger) -> None:
    """
    09:00 buy  0.000000000000123456 @ 3000
    10:00 sell 0.000000000000123457 @ 3100
    """
    assert (len(margin[1]), margin[0].open_trip()) == (1, None)


def test_one_of_three_coins_is_no_rounding(margin: Ledger) -> None:
    """
    09:00 buy  3 @ 1
    10:00 sell 4 @ 2
    """
    book, _ = margin
    assert book.position("fifo").open_quantity == -1
    assert (book.unknown, book.sold_from_flat) == ([], True)


def test_the_unit_may_come_in_a_fill_of_its_own(margin: Ledger) -> None:
    """
    09:00:00 buy  0.1        @ 100
    10:00:00 sell 0.1        @ 110
    10:00:01 sell 0.00000001 @ 110
    """
    book, trips = margin
    assert (len(trips), book.open_trip()) == (1, None)
    assert [line.rounding for line in book.unknown] == [True]


def test_a_small_sale_of_another_order_is_a_sale(margin: Ledger) -> None:
    """
    09:00 buy  0.1        @ 100
    10:00 sell 0.1        @ 110
    10:02 sell 0.00000001 @ 110
    """
    short = margin[0].open_trip()
    assert short is not None
    assert (short.side, short.quantity) == ("short", Decimal("1E-8"))


def test_an_order_that_takes_more_than_rounding_opens_with_all_of_it(margin: Ledger) -> None:
    """
    09:00:00 buy  0.1        @ 100
    10:00:00 sell 0.10000001 @ 110 fee 0.1
    10:00:01 sell 0.05       @ 110
    """
    book, _ = margin
    short = book.open_trip()
    assert short is not None
    assert (short.entry_quantity, short.entry_fills) == (
        Decimal("0.05000001"),
        (b"fill 2", b"fill 3"),
    )
    assert book.unknown == []


@pytest.mark.parametrize(
    ("quantity", "entered", "rounding"),
    [
        ("0.00000001", "0.1", True),
        ("0.00000001", "0.0001", True),
        ("0.00000001", "0.00009", False),
        ("0.0000001", "0.1", True),
        ("0.00000123", "0.1", False),
        ("0.00000009", "0.001", True),
        ("0.00000010", "0.001", True),
        ("0.00000011", "0.001", False),
        ("1", "9999", False),
        ("1", "10000", True),
        ("1", "3", False),
        ("50", "1000000", True),
        ("55", "1000000", False),
        ("55", "100000000", True),
    ],
)
def test_what_is_rounding_beside_what_was_entered(
    quantity: str, entered: str, *, rounding: bool
) -> None:
    assert is_rounding(Decimal(quantity), Decimal(entered)) is rounding


@st.composite
def nearly_flat(draw: st.DrawFn) -> list[BookFill]:
    """Trips of an order in and an order out that is off by up to nine units in the last place."""
    fills: list[BookFill] = []
    at = START
    for _ in range(draw(st.integers(1, 5))):
        entered = draw(st.integers(200_000, 10**9))
        for side, units in (
            (SIDES[0], entered),
            (SIDES[1], entered + draw(st.integers(-9, 9))),
        ):
            at += timedelta(hours=1)
            key = FillKey(len(fills).to_bytes(16, "big"))
            price = Decimal(draw(st.integers(1, 10_000))) / 4
            fills.append(
                BookFill(key, side, units * Decimal("1E-8"), price, price / 2, "USD", at, "")
            )
    return fills


def told(fills: list[BookFill], *, shorts: bool) -> tuple[list[RoundTrip], Book]:
    """The trips without what names fills, and their book."""
    book = Book(Account(AccountId(1), "main", "generic", shorts), Symbol("BTC-USD"))
    trips = [*(book.add(fill) for fill in fills), book.open_trip()]
    return [nameless(trip) for trip in trips if trip is not None], book


def nameless(trip: RoundTrip) -> RoundTrip:
    return trip._replace(id=TradeId(""), fills=0, entry_fills=(), exit_fills=())


@given(nearly_flat(), st.booleans())
def test_every_order_out_ends_a_trip_and_begins_none(fills: list[BookFill], shorts: bool) -> None:
    trips, book = told(fills, shorts=shorts)
    assert [trip.closed_at for trip in trips] == [fill.at for fill in fills[1::2]]
    assert {trip.side for trip in trips} == {"long"}
    assert all(line.rounding for line in book.unknown)
    assert not book.sold_from_flat


@given(nearly_flat(), st.data(), st.booleans())
def test_splitting_an_order_that_is_off_changes_no_trip(
    fills: list[BookFill], data: st.DataObject, shorts: bool
) -> None:
    cut = data.draw(st.integers(0, len(fills) - 1))
    whole = fills[cut]
    off = data.draw(st.integers(1, 20)) * Decimal("1E-8")
    first = data.draw(st.sampled_from((off, whole.quantity - off)))
    parts = [
        whole._replace(quantity=quantity, fee=Decimal(0))
        for quantity in (first, whole.quantity - first)
    ]
    fills[cut] = whole._replace(fee=Decimal(0))
    trips, book = told(fills, shorts=shorts)
    again, split_book = told([*fills[:cut], *parts, *fills[cut + 1 :]], shorts=shorts)
    assert again == trips
    assert split_book.position("average") == book.position("average")


@given(nearly_flat(), st.integers(-6, 6), st.booleans())
def test_moving_the_point_in_quantities_changes_no_trip(
    fills: list[BookFill], places: int, shorts: bool
) -> None:
    moved = [
        fill._replace(quantity=fill.quantity.scaleb(places), price=fill.price.scaleb(-places))
        for fill in fills
    ]
    trips, _ = told(fills, shorts=shorts)
    assert [(trip.opened_at, trip.closed_at) for trip in told(moved, shorts=shorts)[0]] == [
        (trip.opened_at, trip.closed_at) for trip in trips
    ]


@given(nearly_flat())
def test_the_mirror_of_an_order_that_is_off_is_a_short(fills: list[BookFill]) -> None:
    mirrored = [fill._replace(side=SIDES[fill.side == "buy"]) for fill in fills]
    trips, _ = told(fills, shorts=True)
    shorts, _ = told(mirrored, shorts=True)
    assert [(-trip.gross, trip.fees) for trip in shorts] == [
        (trip.gross, trip.fees) for trip in trips
    ]
    assert {trip.side for trip in shorts} == {"short"}


@given(nearly_flat(), st.booleans())
def test_the_money_adds_up_with_what_rounding_took(fills: list[BookFill], shorts: bool) -> None:
    _, book = told(fills, shorts=shorts)
    cash = sum(
        (fill.quantity * fill.price * (1 if fill.side == "sell" else -1) - fill.fee)
        for fill in fills
    )
    beyond = sum(line.proceeds - line.fee for line in book.unknown)
    for position in (book.position("fifo"), book.position("average")):
        assert abs(position.net - position.open_cost + beyond - cash) < Decimal("1E-12")
