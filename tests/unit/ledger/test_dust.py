"""A remainder that fees in the coin left behind does not keep a trip open."""

from decimal import Decimal

from coach.engine.ledger.book import Book
from coach.model.trades import RoundTrip

Ledger = tuple[Book, list[RoundTrip]]


def test_coming_back_after_selling_all_but_dust_is_a_new_trip(spot: Ledger) -> None:
    """
    09:00 buy  0.123  @ 100 fee 0.000123 BTC
    09:10 sell 0.1228 @ 110
    11:00 buy  0.2    @ 105
    """
    book, [trip] = spot
    assert (trip.closed_at, trip.exit_fills) != (None, ())
    assert (trip.quantity, trip.entry) == (Decimal("0.1228"), Decimal(100))
    assert trip.gross == Decimal("1.228")
    again = book.open_trip()
    assert again is not None
    assert (again.entry_fills, again.fills) == ((b"fill 3",), 1)


def test_the_dust_moves_into_the_next_trip_at_its_own_cost(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 sell 0.99  @ 110
    11:00 buy  1     @ 200
    11:10 sell 1.009 @ 300 fee 2
    """
    book, [first, second] = spot
    assert (first.gross, first.fees) == (Decimal("9.9"), Decimal("0.099099099099099099"))
    assert second.quantity == Decimal("1.009")
    assert second.gross == 100 + Decimal("0.009") * 200
    position = book.position("fifo")
    assert (position.gross, position.fees) == (first.gross + second.gross, Decimal("2.1"))
    assert book.position("average").gross == position.gross


def test_dust_keeps_its_fifo_cost_by_both_methods(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 buy  1     @ 300
    09:20 sell 1.989 @ 300
    11:00 buy  0.99  @ 600
    """
    book, [trip] = spot
    assert trip.quantity == Decimal("1.989")
    fifo, average = book.position("fifo"), book.position("average")
    assert fifo.open_quantity == average.open_quantity == 1
    assert fifo.open_cost == average.open_cost == 594 + 3
    assert fifo.net == average.net == trip.net


def test_both_methods_agree_while_only_dust_is_left(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 buy  1     @ 300
    09:20 sell 1.989 @ 300
    """
    told = spot[0].open_trip()
    assert told is not None
    for position in (spot[0].position("fifo"), spot[0].position("average")):
        assert (position.gross, position.fees, position.net) == (told.gross, told.fees, told.net)
        assert position.open_cost == 3


def test_what_is_left_of_several_lots_moves_on_as_it_was(spot: Ledger) -> None:
    """
    09:00 buy  100 @ 1 fee 0.1 BTC
    09:10 buy  0.2 @ 3 fee 0.02
    09:20 sell 99.5 @ 2
    11:00 buy  1   @ 4
    """
    position = spot[0].position("fifo")
    assert position.open_quantity == Decimal("1.6")
    assert position.gross == Decimal("99.5")
    assert position.open_cost == Decimal("5.020400400400400400")


def test_dust_is_told_as_closed_before_the_trader_comes_back(spot: Ledger) -> None:
    """
    09:00 buy  1    @ 100 fee 0.001 BTC
    09:10 sell 0.99 @ 110
    """
    book, trips = spot
    told = book.open_trip()
    assert trips == []
    assert told is not None
    assert (told.closed_at is None, told.quantity) == (False, Decimal("0.99"))
    assert book.position("fifo").open_quantity == Decimal("0.009")


def test_selling_the_dust_later_belongs_to_the_trip_that_left_it(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 sell 0.99  @ 110
    10:00 sell 0.009 @ 120
    """
    book, [trip] = spot
    assert trip.quantity == Decimal("0.999")
    assert book.open_trip() is None


def test_more_than_a_hundredth_is_no_dust(spot: Ledger) -> None:
    """
    09:00 buy  1       @ 100 fee 0.001 BTC
    09:10 sell 0.98900 @ 110
    09:20 buy  1       @ 100
    """
    assert spot[1] == []


def test_without_fees_in_the_coin_flat_is_zero_and_nothing_else(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.1
    09:10 sell 0.999 @ 110
    09:20 buy  1     @ 100
    """
    book, trips = spot
    assert trips == []
    trip = book.open_trip()
    assert trip is not None
    assert trip.closed_at is None


def test_adding_before_any_close_is_never_a_new_trip(spot: Ledger) -> None:
    """
    09:00 buy 1    @ 100 fee 0.001 BTC
    09:10 buy 0.01 @ 100 fee 0.00001 BTC
    """
    assert spot[1] == []


def test_what_is_left_as_dust_is_no_position(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 sell 0.998 @ 110
    """
    assert spot[0].held == Decimal(0)
