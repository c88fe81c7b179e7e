"""A split changes what is open, not what it cost: short or long, once or twice, at any ratio."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.splits import (
    DueSplits,
    in_units_of_today,
    quantity_since,
    ratio_in,
    restated,
    split_of,
)
from coach.model.accounts import Account, AccountId
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, Symbol
from coach.model.movements import AccountMovement
from coach.model.trades import RoundTrip
from tests.unit.ledger.test_book_properties import NEARLY, START, books, both, cash, worth

NONE_KNOWN = Decimal(0)
RATIOS = [(10, 1), (1, 10), (3, 2), (1, 7), (7, 1), (2, 1), (4, 3)]


def by_ratio(at: datetime, after: int, before: int = 1) -> Split:
    return Split(at, after, before, NONE_KNOWN, NONE_KNOWN)


def ledger(
    fills: list[BookFill], splits: list[Split], *, shorts: bool = True
) -> tuple[Book, list[RoundTrip]]:
    """The book with its splits in their turn, and every trip it tells, the open one last."""
    book = Book(Account(AccountId(1), "main", "generic", shorts), Symbol("BTC-USD"))
    due, told = DueSplits(splits), []
    for fill in fills:
        for split in due.until(fill.at):
            book.split(split)
        told.append(book.add(fill))
    for split in due.until(None):
        book.split(split)
    return book, [trip for trip in (*told, book.open_trip()) if trip is not None]


def numbers(*amounts: Decimal | None) -> str:
    return " ".join(f"{amount:f}" for amount in amounts if amount is not None)


def at(fills: list[BookFill], place: int) -> datetime:
    """Just before a fill, or after the last one."""
    after_all = fills[-1].at + timedelta(seconds=1)
    return fills[place].at - timedelta(seconds=1) if place < len(fills) else after_all


def test_five_become_fifty(fills: list[BookFill]) -> None:
    """
    09:00 buy  5  @ 100
    10:00 sell 50 @ 11
    """
    book, [trip] = ledger(fills, [by_ratio(at(fills, 1), 10)], shorts=False)
    assert numbers(trip.quantity, trip.entry, trip.exit, trip.gross) == "50 10 11 50"
    assert (book.unknown, book.sold_from_flat) == ([], False)
    assert not book.held


def test_a_short_is_bought_back_in_new_units(fills: list[BookFill]) -> None:
    """
    09:00 sell 6 @ 90 fee 3
    10:00 buy  9 @ 50 fee 1
    """
    _, [trip] = ledger(fills, [by_ratio(at(fills, 1), 3, 2)])
    assert trip.side == "short"
    assert numbers(trip.quantity, trip.entry, trip.gross, trip.net) == "9 60 90 86"


def test_a_split_between_two_partial_closes_counts_both_in_the_new_units(
    fills: list[BookFill],
) -> None:
    """
    09:00 buy  10 @ 100
    10:00 sell 4  @ 110
    11:00 sell 5  @ 12
    12:00 sell 7  @ 13
    """
    book, [trip] = ledger(fills[:3], [by_ratio(at(fills, 2), 2)], shorts=False)
    parts = [numbers(part.quantity, part.gross) for part in trip.partial_closes]
    assert parts == ["8 40", "5 -190"]
    assert numbers(book.held, book.position("fifo").open_cost, trip.gross) == "7 350 -150"
    whole = book.add(fills[3])
    assert whole is not None
    assert numbers(whole.quantity, whole.entry, whole.gross) == "20 50 -409"
    assert whole.entry_quantity == 20


@pytest.mark.parametrize("quantity", ["10", "0.00000001", "12345678901234567890.5"])
@pytest.mark.parametrize(("after", "before"), RATIOS)
def test_no_cent_of_the_cost_is_lost(quantity: str, after: int, before: int) -> None:
    count = Decimal(quantity)
    bought = [
        BookFill(bytes(16), "buy", part, Decimal("3.33"), Decimal("0.1"), "USD", START, "")  # type: ignore[arg-type]
        for part in (count, count / 4, count)
    ]
    before_it, after_it = (
        ledger(bought, []),
        ledger(bought, [by_ratio(at(bought, 3), after, before)]),
    )
    for old, new in zip(both(before_it[0]), both(after_it[0]), strict=True):
        assert new.open_cost == old.open_cost
        exact = Fraction(old.open_quantity) * after / before
        assert abs(Fraction(new.open_quantity) - exact) <= Fraction(1, 10**18)


def test_what_the_source_says_is_left_counts_for_the_book_that_is_all_there_is(
    fills: list[BookFill],
) -> None:
    """
    09:00 buy  10 @ 7
    10:00 sell 1  @ 80
    """
    split = split_of(at(fills, 1), "Split 1 FOR 7", Decimal(-9), Decimal(10))
    assert split == Split(at(fills, 1), 1, 7, Decimal(10), Decimal(1))
    assert split is not None
    _, [trip] = ledger(fills, [split], shorts=False)
    assert numbers(trip.quantity, trip.entry, trip.gross) == "1 70 10"
    _, [half] = ledger([fills[0]._replace(quantity=Decimal(7))], [split])
    assert half.quantity == 1


def test_a_split_before_any_position_changes_nothing(fills: list[BookFill]) -> None:
    """
    09:00 buy  1 @ 100
    09:30 sell 1 @ 101
    10:00 buy  2 @ 100
    """
    none, early = ledger(fills, []), ledger(fills, [by_ratio(at(fills, 0), 3)])
    between = ledger(fills, [by_ratio(at(fills, 2), 3)])
    assert none[1] == early[1] == between[1]


def test_a_split_comes_before_the_fills_of_its_moment(fills: list[BookFill]) -> None:
    """
    09:00 buy  1  @ 100
    10:00 sell 10 @ 11
    """
    _, [trip] = ledger(fills, [by_ratio(fills[1].at, 10)])
    assert numbers(trip.quantity, trip.gross) == "10 10"


@settings(max_examples=60)
@given(books(), st.data(), st.booleans())
def test_tenfold_splits_tell_what_a_history_in_new_units_tells(
    fills: list[BookFill], data: st.DataObject, shorts: bool
) -> None:
    fills = [fill._replace(order_id="") for fill in fills if fill.fee_currency != "BTC"]
    places = sorted(data.draw(st.lists(st.integers(0, len(fills)), max_size=3)))
    if not fills:
        return
    splits = [by_ratio(at(fills, place), 10) for place in places]
    book, trips = ledger(fills, splits, shorts=shorts)
    plain_book, plain = ledger(list(in_units_of_today(fills, splits)), [], shorts=shorts)
    sums = [(one.opened_at, one.closed_at, one.gross, one.fees) for one in trips]
    assert sums == [(one.opened_at, one.closed_at, one.gross, one.fees) for one in plain]
    assert both(book) == both(plain_book)


@settings(max_examples=60)
@given(books(), st.sampled_from(RATIOS), st.data())
def test_all_the_cash_that_moved_is_told_whatever_was_split(
    fills: list[BookFill], ratio: tuple[int, int], data: st.DataObject
) -> None:
    fills = [fill for fill in fills if fill.fee_currency != "BTC"]
    if not fills:
        return
    places = sorted(data.draw(st.lists(st.integers(0, len(fills)), min_size=1, max_size=3)))
    book, _ = ledger(fills, [by_ratio(at(fills, place), *ratio) for place in places])
    paid = sum(map(cash, fills), Fraction(0))
    told = [Fraction(line.proceeds) for line in book.unknown]
    for position in both(book):
        assert abs(worth(position) - paid) < NEARLY + sum(map(abs, told))


@settings(max_examples=60)
@given(books(), st.sampled_from(RATIOS), st.integers(0, 30), st.integers(0, 30))
def test_a_break_after_a_split_changes_nothing(
    fills: list[BookFill], ratio: tuple[int, int], first: int, second: int
) -> None:
    place, stop = sorted(min(one, len(fills)) for one in (first, second))
    split = by_ratio(at(fills, place), *ratio)
    whole, trips = ledger(fills, [split])
    early = [fill for fill in fills[:stop] if fill.at < split.at]
    begun, _ = ledger(fills[: max(stop, len(early))], [split])
    again = Book(Account(AccountId(1), "main", "generic", True), Symbol("BTC-USD"))
    again.go_on_from(json.loads(json.dumps(begun.state())))
    assert again.state() == begun.state()
    if all(fill.at >= split.at for fill in fills[stop:]):
        for fill in fills[stop:]:
            again.add(fill)
        assert again.state() == whole.state()
        assert again.open_trip() == whole.open_trip()
        assert len(trips) >= (whole.open_trip() is not None)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("split 10:1", (10, 1)),
        ("NVDA(US67066G1040) Split 10 for 1 (NVDA, NVIDIA CORP)", (10, 1)),
        ("Reverse Split 1-for-7", (1, 7)),
        ("stock split 3/2", (3, 2)),
        ("split 1.5 FOR 1", (3, 2)),
        ("split", None),
        ("split 2:2", None),
        ("split 0:1", None),
    ],
)
def test_the_ratio_is_what_the_entry_names(text: str, ratio: tuple[int, int] | None) -> None:
    assert ratio_in(text) == ratio


def test_without_a_ratio_the_balance_before_and_after_tells() -> None:
    assert split_of(START, "split", Decimal(45), Decimal(5)) == Split(
        START, 10, 1, Decimal(5), Decimal(50)
    )
    assert split_of(START, "split", Decimal(-3), Decimal(-6)) == Split(
        START, 3, 2, Decimal(-6), Decimal(-9)
    )
    assert split_of(START, "split", Decimal(45), NONE_KNOWN) is None
    assert split_of(START, "split", None, Decimal(5)) is None
    assert split_of(START, "split", Decimal(-5), Decimal(5)) is None


def test_a_quantity_that_the_ratio_does_not_give_is_not_believed() -> None:
    assert split_of(START, "split 10:1", Decimal(45), Decimal(8)) == by_ratio(START, 10)
    assert split_of(START, "split 10:1", None, Decimal(8)) == by_ratio(START, 10)


@pytest.mark.parametrize(
    ("change", "believed"),
    [("90", True), ("90.01", True), ("90.02", False), ("91", False), ("89.5", False)],
)
def test_a_quantity_may_be_rounded_by_a_ten_thousandth_or_to_whole_units(
    change: str, believed: bool
) -> None:
    ten, left = Decimal(10), 10 + Decimal(change)
    told = Split(START, 10, 1, ten, left) if believed else by_ratio(START, 10)
    assert split_of(START, "split 10:1", Decimal(change), ten) == told


def test_a_fraction_of_a_unit_may_be_lost_but_no_whole_one() -> None:
    paid_out = split_of(START, "split 1:7", Decimal(-9), Decimal(10))
    assert paid_out == Split(START, 1, 7, Decimal(10), Decimal(1))
    assert split_of(START, "split 1:7", Decimal(-13), Decimal(14)) == by_ratio(START, 1, 7)


def test_what_moved_before_a_split_is_told_in_units_after_it() -> None:
    split, later = by_ratio(START, 10), START + timedelta(days=1)
    moves = [(START - timedelta(days=1), Decimal(3)), (START, Decimal(-10)), (later, Decimal(1))]
    assert quantity_since(moves, [split]) == 21
    told = [
        AccountMovement("main", kind, coin, quantity, moment)
        for kind, coin, quantity, moment in (
            ("send", "X", Decimal(-2), moves[0][0]),
            ("split 10:1", "X", Decimal(45), START),
            ("send", "X", None, moves[0][0]),
            ("send", "X", Decimal(-2), START),
            ("send", "X", Decimal(-2), later),
            ("split 2:1", "Y", Decimal(1), START),
        )
    ]
    found = restated(told, {("main", "X"): (split,)})
    assert [one.quantity for one in found] == [-20, None, -20, -2, 1]
