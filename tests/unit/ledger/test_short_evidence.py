"""Whether an account of which nobody said so can be short, by how its fills look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.short_evidence import ShortEvidence, looks_short, weigh
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol

BOOK = Symbol("BTC-USD")
START = datetime(2026, 1, 1, tzinfo=UTC)
SIDES: tuple[Side, Side] = ("buy", "sell")


def evidence(fills: list[BookFill]) -> ShortEvidence:
    found = weigh(fills, BOOK)
    assert found is not None
    return found


def test_a_book_that_never_sells_from_flat_says_nothing(fills: list[BookFill]) -> None:
    """
    09:00 buy  2 @ 100
    09:10 sell 2 @ 110
    09:20 buy  1 @ 100
    """
    assert weigh(fills, BOOK) is None


def test_a_unit_too_much_sold_is_no_sale_from_flat(fills: list[BookFill]) -> None:
    """
    09:00 buy  0.1        @ 100
    09:10 sell 0.10000001 @ 110
    09:20 buy  0.2        @ 100
    09:30 sell 0.2        @ 110
    """
    assert weigh(fills, BOOK) is None


def test_sold_and_bought_back_to_the_last_coin_is_a_short(fills: list[BookFill]) -> None:
    """
    09:00 sell 10 @ 100
    09:10 buy  10 @ 104
    """
    found = evidence(fills)
    assert (found.is_first_row, found.flat_as_short, found.flat_as_spot) == (True, 1, 0)
    assert looks_short([found])


def test_a_spot_history_that_begins_in_the_middle_is_spot(fills: list[BookFill]) -> None:
    """
    09:00 sell 1 @ 60000
    09:10 buy  1 @ 55000
    09:20 sell 1 @ 58000
    """
    found = evidence(fills)
    assert (found.flat_as_short, found.flat_as_spot) == (1, 1)
    assert not looks_short([found])


def test_sizes_tell_spot_from_shorts(fills: list[BookFill]) -> None:
    """
    09:00 sell 3 @ 100
    09:10 buy  5 @ 100
    09:20 sell 5 @ 100
    09:30 buy  2 @ 100
    09:40 sell 2 @ 100
    """
    found = evidence(fills)
    assert (found.flat_as_short, found.flat_as_spot) == (0, 2)
    assert not looks_short([found])


def test_shorts_of_several_sizes_are_shorts_though_one_is_open(fills: list[BookFill]) -> None:
    """
    09:00 sell 3 @ 100
    09:10 buy  3 @ 100
    09:20 sell 5 @ 100
    09:30 buy  5 @ 100
    09:40 sell 2 @ 100
    """
    assert looks_short([evidence(fills)])


def test_a_position_turned_round_and_back_is_a_short(fills: list[BookFill]) -> None:
    """
    09:00 buy  10 @ 100
    09:10 sell 20 @ 90
    09:20 buy  20 @ 95
    09:30 sell 10 @ 90
    """
    found = evidence(fills)
    assert (found.is_first_row, found.at) == (False, fills[1].at)
    assert looks_short([found])


def test_a_short_that_was_bought_back_in_part_is_one(fills: list[BookFill]) -> None:
    """
    09:00 sell 7 @ 100
    09:10 buy  2 @ 90
    """
    assert looks_short([evidence(fills)])


def test_old_coins_sold_before_more_are_bought_are_spot(fills: list[BookFill]) -> None:
    """
    09:00 sell 1 @ 100
    09:10 buy  2 @ 90
    """
    assert not looks_short([evidence(fills)])


def test_a_sale_alone_is_spot(fills: list[BookFill]) -> None:
    """
    09:00 sell 1 @ 100
    """
    assert not looks_short([evidence(fills)])


def test_the_books_of_an_account_count_together(fills: list[BookFill]) -> None:
    """
    09:00 sell 1 @ 60000
    09:10 buy  1 @ 55000
    09:20 sell 1 @ 58000
    10:00 sell 4 @ 100
    10:10 buy  4 @ 90
    """
    midway, short = evidence(fills[:3]), evidence(fills[3:])
    assert looks_short([midway, short])
    assert not looks_short([midway, midway])
    assert not looks_short([])


def test_what_fees_in_the_coin_leave_is_flat(fills: list[BookFill]) -> None:
    """
    09:00 sell 3     @ 100
    09:10 buy  5     @ 100 fee 0.005 BTC
    09:20 sell 4.99  @ 100
    """
    assert evidence(fills).flat_as_spot == 1


MOVES = st.lists(
    st.tuples(st.sampled_from(SIDES), st.sampled_from((1, 2, 3, 5, 8))), min_size=1, max_size=20
)


def book_of(moves: list[tuple[Side, int]], unit: Decimal) -> list[BookFill]:
    return [
        BookFill(
            key=FillKey(place.to_bytes(16, "big")),
            side=side,
            quantity=size * unit,
            price=Decimal(100),
            fee=Decimal(0),
            fee_currency="USD",
            at=START + timedelta(hours=place),
            order_id="",
        )
        for place, (side, size) in enumerate(moves)
    ]


@given(MOVES, st.sampled_from(("0.00000001", "0.3", "7", "1000")))
def test_the_size_of_the_coin_changes_no_reading(moves: list[tuple[Side, int]], unit: str) -> None:
    small, large = (
        weigh(book_of(moves, Decimal(1)), BOOK),
        weigh(book_of(moves, Decimal(unit)), BOOK),
    )
    assert (small is None) == (large is None)
    if small and large:
        assert replace(small, left=small.left * Decimal(unit)) == large


@given(MOVES)
def test_the_evidence_is_that_of_the_two_ledgers(moves: list[tuple[Side, int]]) -> None:
    fills = book_of(moves, Decimal(1))
    books = [
        Book(Account(AccountId(1), "main", "generic", shorts), BOOK) for shorts in (True, False)
    ]
    for fill in fills:
        for book in books:
            book.add(fill)
    short, spot = (book.position("fifo").open_quantity for book in books)
    found = weigh(fills, BOOK)
    assert (found is not None) == bool(books[1].unknown)
    if found is not None:
        assert (found.left, found.held_as_spot) == (short, bool(spot))
        assert found.at == books[1].unknown[0].at
