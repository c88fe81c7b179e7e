"""A trade's result is realised close by close, and the parts add up to it."""

from decimal import Decimal

from coach.engine.ledger.book import Book
from coach.engine.ledger.other_fees import difference, total
from coach.engine.ledger.realised import open_quantity, realisations, without_partial_closes
from coach.model.fills import BookFill
from coach.model.trades import PartialClose, RoundTrip

Ledger = tuple[Book, list[RoundTrip]]


def numbers(part: PartialClose) -> tuple[object, ...]:
    return part.quantity, part.gross, part.fees


def test_every_close_realises_its_part_by_fifo(spot: Ledger, fills: list[BookFill]) -> None:
    """
    09:00 buy  2 @ 100 fee 2
    10:00 buy  2 @ 110 fee 4
    11:00 sell 1 @ 130 fee 1
    12:00 sell 2 @ 120 fee 3
    13:00 sell 1 @ 100 fee 5 BNB
    """
    [trip] = spot[1]
    first, second, last = realisations(trip)
    assert numbers(first) == (1, 30, 2)  # 130 - 100; half of 2, and 1
    assert numbers(second) == (2, 30, 6)  # 240 - 100 - 110; the rest of 2, half of 4, and 3
    assert numbers(last) == (1, -10, 2)  # 100 - 110; half of 4
    assert [one.at for one in (first, second, last)] == [fill.at for fill in fills[2:]]
    assert [one.key for one in (first, second, last)] == [fill.key for fill in fills[2:]]
    assert [one.other_fees for one in (first, second, last)] == [{}, {}, {"BNB": 5}]
    assert (trip.gross, trip.fees) == (Decimal(50), Decimal(10))
    assert trip.net == 40


def test_what_the_last_close_realised_stands_alone(spot: Ledger) -> None:
    """
    09:00 buy  4 @ 100 fee 4
    11:00 sell 3 @ 130 fee 3
    13:00 sell 1 @ 120 fee 2
    """
    [trip] = spot[1]
    rest = without_partial_closes(trip)
    assert (rest.quantity, rest.gross) == (Decimal(1), Decimal(20))
    assert (rest.fees, rest.net) == (Decimal(3), Decimal(17))
    assert rest.partial_closes == ()
    assert without_partial_closes(rest) is rest


def test_of_a_trade_that_is_open_only_its_closes_are_realised(spot: Ledger) -> None:
    """
    09:00 buy  4 @ 100
    11:00 sell 3 @ 130
    """
    trip = spot[0].open_trip()
    assert trip is not None
    assert [numbers(one) for one in realisations(trip)] == [(3, 90, 0)]
    assert open_quantity(trip) == 1


def test_what_is_open_of_a_short_is_below_zero(margin: Ledger) -> None:
    """
    09:00 sell 4 @ 100
    11:00 buy  1 @ 90
    12:00 buy  1 @ 90
    """
    trip = margin[0].open_trip()
    assert trip is not None
    assert open_quantity(trip) == -2


def test_nothing_is_open_of_a_closed_trade(spot: Ledger) -> None:
    """
    09:00 buy  4 @ 100
    11:00 sell 4 @ 130
    """
    [trip] = spot[1]
    assert open_quantity(trip) == 0
    assert [numbers(one) for one in realisations(trip)] == [(4, 120, 0)]


def test_fees_in_third_coins_are_added_by_coin() -> None:
    one, two = {"BNB": Decimal(3), "KCS": Decimal(1)}, {"BNB": Decimal("0.5"), "OKB": Decimal(2)}
    assert total(one, two) == {"BNB": Decimal("3.5"), "KCS": 1, "OKB": 2}
    assert difference(total(one, two), two) == one
    assert difference(one, one) == {}
