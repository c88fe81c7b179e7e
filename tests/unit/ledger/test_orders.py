"""Fills of one decision are one order, and a trip knows its opening and its closing order."""

from decimal import Decimal

from coach.engine.ledger.book import Book
from coach.engine.ledger.orders import orders
from coach.model.fills import BookFill
from coach.model.trades import RoundTrip

Ledger = tuple[Book, list[RoundTrip]]


def quantities(fills: list[BookFill]) -> list[Decimal]:
    return [order.quantity for order in orders(fills)]


def test_fills_of_one_order_id_are_one_order_at_their_weighted_price(fills: list[BookFill]) -> None:
    """
    09:00 buy 1 @ 100 order A
    11:00 buy 2 @ 101 order A
    """
    [order] = orders(fills)
    assert (order.side, order.order_id, order.fills) == ("buy", "A", (b"fill 1", b"fill 2"))
    assert (order.quantity, order.notional) == (Decimal(3), Decimal(302))
    assert order.price == Decimal("100.666666666666666667")
    assert (order.first_at, order.last_at) == (fills[0].at, fills[1].at)


def test_fills_of_one_order_need_not_stand_together(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 100 order A
    09:00 sell 8 @ 100 order B
    09:01 buy  4 @ 100 order C
    09:02 buy  2 @ 100 order A
    """
    assert quantities(fills) == [3, 8, 4]


def test_two_orders_in_one_second_stay_two(fills: list[BookFill]) -> None:
    """
    09:00 buy 1 @ 100 order A
    09:00 buy 2 @ 100 order B
    09:00 buy 4 @ 100
    """
    assert quantities(fills) == [1, 2, 4]


def test_without_order_ids_a_minute_is_one_order_and_more_is_another(fills: list[BookFill]) -> None:
    """
    09:00:00 buy 1 @ 100
    09:01:00 buy 2 @ 100
    09:02:00 buy 4 @ 100
    09:03:01 buy 8 @ 100
    """
    assert quantities(fills) == [7, 8]


def test_without_order_ids_turning_round_ends_the_order(fills: list[BookFill]) -> None:
    """
    09:00:00 buy  1 @ 100
    09:00:10 sell 2 @ 100
    09:00:20 buy  4 @ 100
    """
    assert quantities(fills) == [1, 2, 4]


def test_the_two_sides_of_one_order_id_are_two_orders(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 100 order A
    09:00 sell 2 @ 100 order A
    """
    assert quantities(fills) == [1, 2]


def test_a_trip_gathers_its_opening_order_among_others(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 order A
    09:05 buy  8 @ 100 order B
    09:06 sell 2 @ 100 order C
    09:10 buy  2 @ 130 order A
    09:20 sell 9 @ 100 order D
    """
    [trip] = spot[1]
    assert trip.entry_fills == (b"fill 1", b"fill 4")
    assert (trip.entry_quantity, trip.entry_notional) == (Decimal(3), Decimal(360))


def test_a_trip_gathers_its_closing_order_among_others(spot: Ledger) -> None:
    """
    09:00 buy  9 @ 100 order A
    09:10 sell 1 @ 100 order B
    09:20 sell 2 @ 100 order C
    09:25 buy  1 @ 100 order D
    09:30 sell 7 @ 100 order B
    """
    [trip] = spot[1]
    assert trip.exit_fills == (b"fill 2", b"fill 5")


def test_without_order_ids_an_opening_ends_with_the_first_close(spot: Ledger) -> None:
    """
    09:00:00 buy  2 @ 100
    09:00:20 buy  2 @ 100
    09:00:30 sell 1 @ 100
    09:00:40 buy  4 @ 100
    09:30:00 sell 7 @ 100
    """
    [trip] = spot[1]
    assert trip.entry_fills == (b"fill 1", b"fill 2")


def test_without_order_ids_a_closing_is_the_last_run_of_fills(spot: Ledger) -> None:
    """
    09:00:00 buy  9 @ 100
    09:10:00 sell 1 @ 100
    09:10:30 buy  1 @ 100
    09:10:40 sell 2 @ 100
    09:12:00 sell 3 @ 100
    09:13:00 sell 4 @ 100
    """
    [trip] = spot[1]
    assert trip.exit_fills == (b"fill 5", b"fill 6")


def test_a_close_and_its_flip_share_the_order(margin: Ledger) -> None:
    """
    09:00 buy  3 @ 100 order A
    09:10 sell 1 @ 100 order B
    09:10 sell 4 @ 100 order B
    09:11 sell 1 @ 100 order B
    09:20 buy  3 @ 100 order C
    """
    long, short = margin[1]
    assert long.exit_fills == (b"fill 2", b"fill 3")
    assert short.entry_fills == (b"fill 3", b"fill 4")
    assert short.entry_quantity == 3
