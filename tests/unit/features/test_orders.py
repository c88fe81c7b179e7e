"""Orders inside round trips, from statements of a few fills."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, PARTIAL, BookFills, Orders, Rows, orders
from coach.engine.ledger.book import Book
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.round_trip import BookName, trade_id
from coach.model.accounts import Account, AccountId
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, OrderFill, Symbol
from coach.model.trades import Trip

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNT = Account(AccountId(1), "mine", "generic", shorts=True)
NAME = BookName(ACCOUNT.id, ACCOUNT.name, Symbol("BTC-USD"))
PIECES = st.tuples(
    st.sampled_from(["1", "0.3", "0.1", "2.7", "-1", "-0.3", "-0.1", "-3.1"]),
    st.floats(90, 110),
    st.sampled_from(["", "", "", "a", "b"]),
)


def fill(number: int, minutes: float, signed: str, price: float, order: str = "") -> BookFill:
    quantity = Decimal(signed)
    return BookFill(
        FillKey(f"{number:016d}".encode()),
        "buy" if quantity > 0 else "sell",
        abs(quantity),
        Decimal(str(price)),
        Decimal(0),
        "USD",
        NOON + timedelta(minutes=minutes),
        order,
    )


def laid_out(fills: Iterable[BookFill]) -> tuple[History, Orders]:
    taken, book, trips = list(fills), Book(ACCOUNT, NAME.symbol), list[Trip]()
    for one in taken:
        trip = book.add(one)
        if trip is not None:
            trips.append(as_columns(trip))
    last = book.open_trip()
    past = history([*trips, as_columns(last)] if last is not None else trips)
    return past, orders(Rows(past.ids, past.exit_fills), [BookFills(NAME, taken)])


def test_entry_add_partial_and_close_know_the_position_before() -> None:
    _, found = laid_out(
        [
            fill(1, 0, "1", 100),
            fill(2, 10, "1", 90),
            fill(3, 20, "-0.5", 99),
            fill(4, 30, "-1.5", 80),
        ]
    )
    assert found.kind.tolist() == [ENTRY, ADD, PARTIAL, CLOSE]
    assert found.before.tolist() == [0.0, 1.0, 2.0, 1.5]
    assert found.average.tolist() == [0.0, 100.0, 95.0, 95.0]
    assert found.quantity.tolist() == [1.0, 1.0, 0.5, 1.5]
    assert found.trip.tolist() == [0, 0, 0, 0]


def test_fills_within_a_minute_or_of_one_order_are_one_order() -> None:
    _, found = laid_out(
        [
            fill(1, 0, "1", 100),
            fill(2, 0.5, "1", 102),
            fill(3, 10, "-1", 99, "A"),
            fill(4, 15, "-1", 97, "A"),
        ]
    )
    assert found.kind.tolist() == [ENTRY, CLOSE]
    assert found.price.tolist() == [101.0, 98.0]
    assert [len(keys) for keys in found.keys] == [2, 2]


def test_a_flip_closes_one_trade_and_opens_the_next() -> None:
    past, found = laid_out([fill(1, 0, "1", 100), fill(2, 10, "-3", 90), fill(3, 20, "2", 80)])
    assert len(past) == 2
    assert found.kind.tolist() == [ENTRY, CLOSE, ENTRY, CLOSE]
    assert found.quantity.tolist() == [1.0, 1.0, 2.0, 2.0]
    assert found.trip.tolist() == [0, 0, 1, 1]


def test_ten_fills_in_one_second_keep_their_order() -> None:
    fills = [fill(place, place / 600, "1" if place % 2 == 0 else "-1", 100) for place in range(10)]
    past, found = laid_out(fills)
    assert len(past) == 5
    assert sorted(found.kind.tolist()) == [ENTRY] * 5 + [CLOSE] * 5


def test_fills_of_no_trade_are_passed_over() -> None:
    past, _ = laid_out([fill(1, 0, "1", 100), fill(2, 5, "-1", 101)])
    stray = [fill(9, -60, "-4", 50), fill(1, 0, "1", 100), fill(2, 5, "-1", 101)]
    found = orders(Rows(past.ids, past.exit_fills), [BookFills(NAME, stray)])
    assert found.kind.tolist() == [ENTRY, CLOSE]


def test_what_came_later_is_not_known_before() -> None:
    past, found = laid_out([fill(1, 0, "1", 100), fill(2, 10, "1", 90), fill(3, 20, "-2", 99)])
    moment = int(found.at_us[2])
    known = past.beside(found, past.market, past.trader).until(moment)
    assert known.orders.kind.tolist() == [ENTRY, ADD]
    assert known.closed_us.tolist() == [-1]


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(50, 150)), max_size=40))
def test_positions_follow_from_the_orders(steps: list[tuple[int, int]]) -> None:
    """Every order starts where the one before it left the position; every close ends flat."""
    fills = [
        fill(place, 5 * place, str(quantity), price)
        for place, (quantity, price) in enumerate(steps)
        if quantity
    ]
    past, found = laid_out(fills)
    for row in range(len(past)):
        own = [place for place in range(len(found)) if found.trip[place] == row]
        assert found.kind[own[0]] == ENTRY
        for earlier, later in pairwise(own):
            sign = 1 if found.kind[earlier] in {ENTRY, ADD} else -1
            left = found.before[earlier] + sign * found.quantity[earlier]
            assert found.before[later] == pytest.approx(left)
        closed = past.closed_us[row] != -1
        assert (found.kind[own[-1]] == CLOSE) == closed


def test_orders_before_a_split_are_in_the_units_after_it() -> None:
    taken = [fill(1, 0, "1", 100), fill(2, 10, "10", 8), fill(3, 20, "-20", 11)]
    split = Split(NOON + timedelta(minutes=5), 10, 1, Decimal(0), Decimal(0))
    trip = trade_id(NAME, taken[0].key)
    rows = Rows((trip,), ((taken[2].key,),))
    found = orders(rows, [BookFills(NAME, taken, (split,))])
    assert found.kind.tolist() == [ENTRY, ADD, CLOSE]
    assert found.quantity.tolist() == [10, 10, 20]
    assert found.price.tolist() == [10, 8, 11]
    assert found.average.tolist() == [0, 10, 9]


def as_columns_hold_it(one: BookFill) -> OrderFill:
    quantity, price = float(one.quantity), float(one.price)
    return OrderFill(one.key, one.side, quantity, price, one.at, one.order_id, one.margin)


def same(some: Orders, others: Orders) -> bool:
    names = ("trip", "kind", "at_us", "quantity", "price", "before", "average")
    equal = all(getattr(some, name).tobytes() == getattr(others, name).tobytes() for name in names)
    return equal and some.keys == others.keys


@given(st.lists(PIECES, max_size=40))
def test_orders_are_those_of_exact_fills_whatever_is_read_and_named(
    pieces: list[tuple[str, float, str]],
) -> None:
    """As floats or exact, and whether the openings of the round trips are named or looked for."""
    taken = [
        fill(n, n * (0.4 + n % 3), size, price, order)
        for n, (size, price, order) in enumerate(pieces)
    ]
    past, exact = laid_out(taken)
    light = [BookFills(NAME, [as_columns_hold_it(one) for one in taken])]
    without = Rows(past.ids, past.exit_fills)
    named = Rows(past.ids, past.exit_fills, past.entry_fills)
    assert same(orders(without, light), exact)
    assert same(orders(named, light), exact)
    assert same(orders(named, [BookFills(NAME, taken)]), exact)
