"""A trade that goes on in another book keeps its cost to the last digit, and is one trade."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.renamed.continued import continued
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.model.accounts import Account, AccountId
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Margin, Symbol
from coach.model.trades import RoundTrip
from tests.unit.ledger.test_book_properties import NEARLY, START, books, both, ledger, worth

SPOT = Account(AccountId(1), "main", "generic", shorts=False)
SHORTS = replace(SPOT, shorts=True)
OLD, NEW = Symbol("BTC-USD"), Symbol("NEW-USD")
AS_MANY = Split(START, 1, 1, Decimal(0), Decimal(0))
MARGINS: tuple[tuple[Margin, Margin], ...] = (("", ""), ("opening", "closing"))
OWN_COINS = ("USD", "BNB")


def under_new_name(fill: BookFill, number: int = 0) -> BookFill:
    """The same fill in the coin's new name, with another key where a number is given."""
    key = FillKey(bytes([number]) + fill.key[1:]) if number else fill.key
    coin = "NEW" if fill.fee_currency == "BTC" else fill.fee_currency
    return fill._replace(key=key, fee_currency=coin)


def taken(book: Book, fills: list[BookFill]) -> list[RoundTrip]:
    return [trip for fill in fills if (trip := book.add(fill)) is not None]


def result(trip: RoundTrip) -> tuple[Decimal, ...]:
    return trip.quantity, trip.entry, trip.gross, trip.fees, trip.net


@given(fills=books(), cut=st.integers(1, 30))
def test_a_trade_that_goes_on_ends_as_if_nothing_had_a_new_name(
    fills: list[BookFill], cut: int
) -> None:
    book, trips = ledger(fills)
    old, new = Book(SHORTS, OLD), Book(SHORTS, NEW)
    told = taken(old, fills[:cut])
    assume(old.held)
    assert old.hand_over(new, AS_MANY) is None
    told += taken(new, [under_new_name(fill) for fill in fills[cut:]])
    told += [trip for trip in (old.open_trip(), new.open_trip()) if trip is not None]
    assert [result(trip) for trip in told] == [result(trip) for trip in trips]
    assert [trip.partial_closes for trip in told] == [trip.partial_closes for trip in trips]
    for method in (0, 1):
        parts = both(old)[method], both(new)[method]
        whole = both(book)[method]
        assert abs(sum(Fraction(one.net) for one in parts) - Fraction(whole.net)) <= NEARLY
        assert sum(one.open_cost for one in parts) == whole.open_cost
        fees = sum(fee for one in parts for fee in one.other_fees.values())
        assert fees == sum(whole.other_fees.values())


@given(one=books(OWN_COINS), other=books(OWN_COINS), more=books(OWN_COINS))
def test_joined_positions_account_for_all_that_both_did(
    one: list[BookFill], other: list[BookFill], more: list[BookFill]
) -> None:
    old, new = Book(SHORTS, OLD), Book(SHORTS, NEW)
    taken(old, one)
    taken(new, [under_new_name(fill, 1) for fill in other])
    assume(old.held * new.held > 0)
    held, before = old.held + new.held, [*map(worth, (*both(old), *both(new)))]
    fifo = [book.position("fifo") for book in (old, new)]
    old.hand_over(new, AS_MANY)
    assert not old.held
    assert new.held == held
    after = new.position("fifo")
    cost = fifo[0].open_cost + fifo[1].open_cost
    assert abs(Fraction(after.open_cost) - Fraction(cost)) <= NEARLY
    nets = old.position("fifo").net + after.net, fifo[0].net + fifo[1].net
    assert abs(Fraction(nets[0]) - Fraction(nets[1])) <= NEARLY
    now = sum(map(worth, (*both(old), *both(new))), Fraction(0))
    assert abs(now - sum(before, Fraction(0))) <= NEARLY
    last = START + timedelta(days=9)
    taken(new, [under_new_name(fill, 2)._replace(at=last) for fill in more])
    by_fifo, by_average = map(worth, both(new))
    assert abs(by_fifo - by_average) <= NEARLY


def test_fifo_closes_what_was_opened_first_and_average_weighs_both(fills: list[BookFill]) -> None:
    """
    09:00 buy  4 @ 10
    09:30 buy  6 @ 20
    10:00 sell 4 @ 30
    11:00 sell 6 @ 30
    """
    old, new = Book(SPOT, OLD), Book(SPOT, NEW)
    old.add(fills[1])
    new.add(fills[0])
    old.hand_over(new, AS_MANY)
    new.add(fills[2])
    assert [f"{each.net:f} {each.open_cost:f}" for each in both(new)] == ["80 120", "56 96"]
    whole = new.add(fills[3])
    assert whole is not None
    assert f"{whole.quantity:f} {whole.entry:f} {whole.net:f}" == "10 16 140"
    assert whole.id == trade_id(BookName(SPOT.id, "main", NEW), fills[0].key)


def test_partial_closes_of_both_are_told_in_order(fills: list[BookFill]) -> None:
    """
    09:00 buy  4 @ 10
    09:10 buy  4 @ 10
    10:00 sell 1 @ 11
    10:10 sell 2 @ 12
    10:20 sell 1 @ 13
    11:00 sell 4 @ 10
    """
    old, new = Book(SPOT, OLD), Book(SPOT, NEW)
    for place in (0, 2, 4):
        old.add(fills[place])
    for place in (1, 3):
        new.add(fills[place])
    old.hand_over(new, AS_MANY)
    whole = new.add(fills[5])
    assert whole is not None
    parts = [f"{part.quantity:f} {part.gross:f}" for part in whole.partial_closes]
    assert parts == ["1 1", "2 4", "1 3"]
    assert whole.id == trade_id(BookName(SPOT.id, "main", OLD), fills[0].key)


def test_dust_stays_under_the_old_name_and_is_taken_under_the_new_one(
    fills: list[BookFill],
) -> None:
    """
    09:00 buy  1      @ 100 fee 0.001 BTC
    10:00 sell 0.998  @ 110
    11:00 buy  2      @ 100
    12:00 sell 2.0    @ 110
    """
    old, new = Book(SPOT, OLD), Book(SPOT, NEW)
    taken(old, fills[:2])
    assert old.hand_over(new, AS_MANY) is None
    assert new.open_trip() is None
    trip = old.open_trip()
    assert trip is not None
    assert trip.closed_at == fills[1].at
    third = Book(SPOT, NEW)
    third.add(fills[2])
    finished = third.hand_over(old, AS_MANY)
    assert finished == trip
    whole = old.add(fills[3]._replace(quantity=Decimal("2.001")))
    assert whole is not None
    assert f"{whole.quantity:f} {whole.gross:f}" == "2.001 20.01"


def test_the_state_of_a_book_knows_what_it_was_opened_as(fills: list[BookFill]) -> None:
    """
    09:00 buy  4 @ 10
    10:00 sell 4 @ 11
    """
    old, new, again = Book(SPOT, OLD), Book(SPOT, NEW), Book(SPOT, NEW)
    old.add(fills[0])
    old.hand_over(new, AS_MANY)
    again.go_on_from(json.loads(json.dumps(new.state())))
    assert again.open_trip() == new.open_trip()
    assert again.add(fills[1]) == new.add(fills[1])


@pytest.mark.parametrize("margin", [False, True])
def test_positions_on_margin_go_on_by_themselves(fills: list[BookFill], margin: bool) -> None:
    """
    09:00 buy  4 @ 10
    10:00 sell 4 @ 11
    """
    kind, end = MARGINS[margin]
    old, new = SymbolBooks(SPOT, OLD), SymbolBooks(SPOT, NEW)
    old.add(fills[0]._replace(margin=kind))
    assert list(old.hand_over(new, AS_MANY)) == []
    assert new.held(margin=margin) == 4
    assert not new.held(margin=not margin)
    assert new.is_begun
    whole = new.add(fills[1]._replace(margin=end))
    assert whole is not None
    assert whole.net == 4


def test_fills_of_a_trade_stand_together_in_the_last_units(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 10
    09:10 sell 1 @ 11
    09:20 buy  4 @ 10
    09:30 buy  1 @ 10
    10:00 sell 9 @ 6
    """
    at = fills[4].at - timedelta(minutes=1)
    split = Split(at, 2, 1, Decimal(0), Decimal(0))
    own = {OLD: fills[:3], NEW: [fills[3], fills[4]]}
    doubled = Split(fills[2].at + timedelta(minutes=1), 3, 1, Decimal(0), Decimal(0))
    found = continued(SPOT, own, {"BTC": [doubled]}, [Rename("BTC", "NEW", split)])
    assert found[OLD].fills == fills[:2]
    assert found[NEW].fills == [fills[2], fills[3], fills[4]]
    named = found[NEW].earlier[fills[2].key]
    assert (named.symbol, named.splits) == (OLD, (doubled, split))
    assert sum(Fraction(one.after, one.before) for one in named.splits) == 5


def test_a_fill_at_the_time_of_a_new_name_is_not_of_the_trade_that_goes_on(
    fills: list[BookFill],
) -> None:
    """
    09:00 buy  1 @ 10
    10:00 buy  2 @ 11
    """
    there = Split(fills[1].at, 1, 1, Decimal(0), Decimal(0))
    found = continued(SPOT, {OLD: fills}, {}, [Rename("BTC", "NEW", there)])
    assert found[OLD].fills == fills[1:]
    assert found[NEW].fills == fills[:1]


@pytest.mark.parametrize("paid", [0, 1])
def test_what_is_left_is_dust_where_either_position_paid_in_the_coin(
    fills: list[BookFill], paid: int
) -> None:
    """
    09:00 buy  1      @ 100
    09:30 buy  1      @ 100
    10:00 sell 1.9985 @ 110
    """
    fills[paid] = fills[paid]._replace(fee=Decimal("0.001"), fee_currency="BTC")
    old, new = Book(SPOT, OLD), Book(SPOT, NEW)
    old.add(fills[0])
    new.add(under_new_name(fills[1]))
    old.hand_over(new, AS_MANY)
    whole = new.add(fills[2])
    assert whole is None
    over = new.open_trip()
    assert over is not None
    assert over.closed_at == fills[2].at
