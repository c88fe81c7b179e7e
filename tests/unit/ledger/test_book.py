"""The rules of a book, one example each. All in BTC-USD, fees in USD unless they say BTC or BNB."""

from datetime import UTC, datetime
from decimal import Decimal

from coach.engine.ledger.book import Book
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, Symbol
from coach.model.trades import RoundTrip, outcome

Ledger = tuple[Book, list[RoundTrip]]


def amounts(*values: Decimal | None) -> str:
    return " ".join("-" if value is None else f"{value:f}" for value in values)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 30, hour, minute, tzinfo=UTC)


def test_bought_and_sold_is_one_round_trip(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee 0.50
    09:10 sell 1 @ 110 fee 0.55
    """
    book, [trip] = spot
    assert (trip.side, trip.opened_at, trip.closed_at) == ("long", at(9, 0), at(9, 10))
    assert trip.fills == 2
    assert amounts(trip.quantity, trip.entry, trip.exit) == "1 100 110"
    assert amounts(trip.gross, trip.fees, trip.net) == "10 1.05 8.95"
    assert (book.open_trip(), book.unknown) == (None, [])


def test_scaling_in_averages_the_entry_and_keeps_the_opening_order_apart(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:30 buy  3 @ 120
    10:00 sell 4 @ 130
    """
    _, [trip] = spot
    assert amounts(trip.quantity, trip.entry, trip.gross) == "4 115 60"
    assert amounts(trip.entry_quantity, trip.entry_notional) == "1 100"
    assert (trip.entry_fills, trip.exit_fills) == ((b"fill 1",), (b"fill 3",))


def test_a_partial_close_leaves_the_trip_open(spot: Ledger) -> None:
    """
    09:00 buy  2 @ 100
    09:10 sell 1 @ 110
    """
    book, trips = spot
    trip = book.open_trip()
    assert trips == []
    assert trip is not None
    assert (trip.closed_at, trip.exit_fills) == (None, ())
    assert amounts(trip.quantity, trip.exit) == "2 110"
    assert trip.gross == 10


def test_an_untouched_position_has_no_exit_and_no_result(spot: Ledger) -> None:
    """
    09:00 buy 2 @ 100 fee 1
    """
    book, _ = spot
    trip = book.open_trip()
    assert trip is not None
    assert amounts(trip.exit, trip.gross, trip.fees, trip.net) == "- 0 0 0"


def test_fifo_and_average_differ_only_while_open(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee 1
    09:10 buy  1 @ 200 fee 3
    09:20 sell 1 @ 300 fee 5
    """
    book, _ = spot
    fifo, average = book.position("fifo"), book.position("average")
    assert amounts(fifo.gross, fifo.fees, fifo.net, fifo.open_cost) == "200 6 194 203"
    assert amounts(average.gross, average.fees, average.net, average.open_cost) == "150 7 143 152"
    assert fifo.open_quantity == average.open_quantity == 1


def test_average_cost_starts_from_what_was_left_when_the_trader_adds_again(spot: Ledger) -> None:
    """
    09:00 buy  2 @ 100 fee 2
    09:10 sell 1 @ 150
    09:20 buy  1 @ 200 fee 3
    09:30 sell 1 @ 200
    """
    book, _ = spot
    position = book.position("average")
    assert amounts(position.gross, position.fees, position.open_cost) == "100 3 152"


def test_fifo_closes_the_first_lots_whole_and_the_next_in_part(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee 1
    09:10 buy  2 @ 200 fee 4
    09:20 sell 2 @ 300
    """
    position = spot[0].position("fifo")
    assert amounts(position.gross, position.fees, position.open_cost) == "300 3 202"


def test_a_short_mirrors_a_long(margin: Ledger) -> None:
    """
    09:00 sell 2 @ 110 fee 1
    09:10 buy  2 @ 100 fee 1
    """
    _, [trip] = margin
    assert trip.side == "short"
    assert amounts(trip.entry, trip.exit) == "110 100"
    assert amounts(trip.gross, trip.fees, trip.net) == "20 2 18"


def test_an_open_short_is_a_negative_quantity_that_brought_in_its_cost(margin: Ledger) -> None:
    """
    09:00 sell 2 @ 110 fee 2
    09:10 buy  1 @ 100 fee 3
    """
    position = margin[0].position("fifo")
    assert amounts(position.open_quantity, position.open_cost) == "-1 109"
    assert amounts(position.gross, position.fees, position.net) == "10 4 6"


def test_a_flip_closes_one_trip_and_opens_another(margin: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee 1
    09:10 sell 3 @ 110 fee 3
    09:20 buy  2 @ 90  fee 2
    """
    _, [long, short] = margin
    assert long.side == "long"
    assert amounts(long.quantity, long.gross, long.fees) == "1 10 2"
    assert short.side == "short"
    assert amounts(short.quantity, short.gross, short.fees) == "2 40 4"
    assert short.opened_at == long.closed_at
    assert amounts(short.entry_notional) == "220"
    assert long.exit_fills == short.entry_fills == (b"fill 2",)


def test_a_flip_shares_its_fee_so_that_nothing_is_lost(margin: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 3 @ 110 fee 1
    """
    book, [long] = margin
    assert long.fees == Decimal("0.333333333333333333")
    assert book.position("fifo").open_cost == 220 - Decimal("0.666666666666666667")


def test_a_buy_that_pays_in_the_coin_receives_less_of_it(spot: Ledger) -> None:
    """
    09:00 buy  1     @ 100 fee 0.001 BTC
    09:10 sell 0.999 @ 110
    """
    book, [trip] = spot
    assert amounts(trip.quantity, trip.entry) == "0.999 100"
    assert amounts(trip.gross, trip.fees) == "9.99 0.1"
    assert trip.net == Decimal("0.999") * 110 - 100
    assert book.position("fifo").open_quantity == 0


def test_a_sale_that_pays_in_the_coin_gives_up_more_of_it(spot: Ledger) -> None:
    """
    09:00 buy  2 @ 100
    09:10 sell 1 @ 110 fee 0.5 BTC
    """
    position = spot[0].position("fifo")
    assert position.open_quantity == Decimal("0.5")
    assert amounts(position.gross, position.fees) == "15 55"
    assert position.net == 110 - 150


def test_a_sale_may_close_the_trip_with_the_coin_it_pays(spot: Ledger) -> None:
    """
    09:00 buy  1   @ 100
    09:10 sell 0.9 @ 110 fee 0.1 BTC
    """
    book, [trip] = spot
    assert amounts(trip.gross, trip.fees, trip.net) == "10 11 -1"
    assert book.position("fifo").open_quantity == 0


def test_a_fee_in_a_third_coin_is_its_own_line_in_no_total(spot: Ledger) -> None:
    """
    09:00 buy  2 @ 100 fee 0.01 BNB
    09:10 sell 1 @ 110 fee 0.02 BNB
    09:20 sell 1 @ 120 fee 2 USDT
    """
    book, [trip] = spot
    assert trip.other_fees == {"BNB": Decimal("0.03"), "USDT": 2}
    assert amounts(trip.fees, trip.net) == "0 30"
    assert book.position("average").other_fees == trip.other_fees


def test_a_fee_in_a_third_coin_is_shared_by_a_flip(margin: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 4 @ 110 fee 1 BNB
    """
    book, [long] = margin
    short = book.open_trip()
    assert short is not None
    assert (long.other_fees, short.other_fees) == (
        {"BNB": Decimal("0.25")},
        {"BNB": Decimal("0.75")},
    )


def test_a_rebate_lowers_the_fees_and_raises_the_net(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee -0.2
    09:10 sell 1 @ 100 fee 0.1
    """
    _, [trip] = spot
    assert amounts(trip.gross, trip.fees, trip.net) == "0 -0.1 0.1"
    assert outcome(trip.net, trip.fees) == "win"


def test_a_rebate_in_the_coin_brings_more_of_it(spot: Ledger) -> None:
    """
    09:00 buy  1    @ 100 fee -0.01 BTC
    09:10 sell 1.01 @ 100
    """
    _, [trip] = spot
    assert amounts(trip.quantity, trip.gross, trip.fees, trip.net) == "1.01 0 -1 1"


def test_a_sale_from_flat_has_an_unknown_basis_and_no_profit(spot: Ledger) -> None:
    """
    09:00 sell 2 @ 100 fee 1
    """
    book, trips = spot
    [line] = book.unknown
    assert (line.key, line.side, line.at) == (b"fill 1", "sell", at(9, 0))
    assert amounts(line.quantity, line.proceeds, line.fee) == "2 200 1"
    assert (trips, book.open_trip()) == ([], None)
    position = book.position("fifo")
    assert amounts(position.gross, position.fees, position.open_quantity) == "0 0 0"


def test_a_sale_larger_than_the_position_closes_it_and_the_rest_is_unknown(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 4 @ 110 fee 2
    09:20 buy  1 @ 105
    """
    book, [trip] = spot
    assert amounts(trip.quantity, trip.gross, trip.fees) == "1 10 0.5"
    [line] = book.unknown
    assert amounts(line.quantity, line.proceeds, line.fee) == "3 330 1.5"
    assert book.position("fifo").open_quantity == 1


def test_selling_what_the_fee_in_the_coin_took_is_unknown_and_closes_the_trip(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100 fee 0.001 BTC
    09:10 sell 1 @ 110
    """
    book, [trip] = spot
    assert trip.quantity == Decimal("0.999")
    assert [line.quantity for line in book.unknown] == [Decimal("0.001")]


def test_a_third_coin_paid_later_is_no_part_of_an_earlier_close(spot: Ledger) -> None:
    """
    09:00 buy  2   @ 100
    09:10 sell 1   @ 110
    09:20 sell 0.5 @ 110 fee 0.01 BNB
    """
    trip = spot[0].open_trip()
    assert trip is not None
    paid = [part.other_fees for part in trip.partial_closes]
    assert paid == [{}, {"BNB": Decimal("0.01")}]


def test_a_third_coin_paid_for_an_unknown_sale_is_still_told(spot: Ledger) -> None:
    """
    09:00 sell 1 @ 100 fee 0.1 BNB
    """
    book, _ = spot
    assert [line.fee for line in book.unknown] == [0]
    assert book.position("fifo").other_fees == {"BNB": Decimal("0.1")}


def test_a_fill_whose_fee_takes_all_of_it_moves_nothing(margin: Ledger) -> None:
    """
    09:00 buy 1 @ 100
    09:10 buy 0.5 @ 100 fee 0.5 BTC
    """
    book, _ = margin
    assert book.position("fifo").open_quantity == 1
    assert [amounts(line.quantity, line.fee) for line in book.unknown] == ["0 50"]


def test_a_trip_may_open_and_close_in_the_same_second(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:00 sell 1 @ 101
    09:00 buy  1 @ 102
    """
    book, [trip] = spot
    assert trip.opened_at == trip.closed_at == at(9, 0)
    again = book.open_trip()
    assert again is not None
    assert again.id != trip.id


def test_an_endless_entry_price_is_rounded_and_the_gross_is_not(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 buy  2 @ 101
    09:20 sell 3 @ 102
    """
    _, [trip] = spot
    assert trip.entry == Decimal("100.666666666666666667")
    assert trip.gross == 4


def test_numbers_read_plainly_however_they_were_written(spot: Ledger) -> None:
    """
    09:00 buy  1.50E+2 @ 1.00
    09:10 sell 150.000 @ 3
    """
    _, [trip] = spot
    assert (str(trip.quantity), str(trip.exit), str(trip.gross)) == ("150", "3", "300")


def test_huge_and_tiny_numbers_are_not_rounded(spot: Ledger) -> None:
    """
    09:00 buy  1E+30 @ 1E-30 fee 1E-30
    09:10 sell 1E+30 @ 1E+30 fee 1E+30
    """
    book, [trip] = spot
    assert trip.gross == 10**60 - 1
    assert trip.fees == Decimal(10) ** 30
    assert book.position("average").gross == trip.gross


def test_a_remainder_that_rounds_to_nothing_stays_in_the_position(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 0.999999999999999999999999999999 @ 100
    """
    book, _ = spot
    assert book.position("fifo").open_quantity == Decimal("1E-30")


def test_a_trade_is_named_by_its_book_and_its_first_fill(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 1 @ 110
    """
    names = set()
    for name, symbol in [("main", "BTC-USD"), ("second", "BTC-USD"), ("main", "BTC-EUR")]:
        book = Book(Account(AccountId(7), name, "generic", shorts=False), Symbol(symbol))
        [_, trip] = [book.add(fill) for fill in fills]
        assert trip is not None
        names.add(trip.id)
    assert len(names) == 3
    assert {len(name) for name in names} == {16}


def test_a_trade_keeps_its_name(spot: Ledger) -> None:
    """
    09:00 buy  1 @ 100
    09:10 sell 1 @ 110
    """
    assert [trip.id for trip in spot[1]] == ["f17b22634fad0640"]


def test_the_thread_s_own_decimal_context_is_left_alone(spot: Ledger) -> None:
    """
    09:00 buy  1.11111111111111111111 @ 1.11111111111111111111
    """
    trip = spot[0].open_trip()
    assert trip is not None
    assert len(trip.entry_notional.as_tuple().digits) == 41
    assert len((trip.entry_notional + 1).as_tuple().digits) == 28
