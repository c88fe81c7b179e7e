"""Whatever was traded: nothing asked is the same ledger, and what is left out stays out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.what_if.books import AccountBook, matched
from coach.engine.what_if.course import Course
from coach.engine.what_if.purse import Purse
from coach.engine.what_if.replay import ReplayResult, replay
from coach.model.accounts import Account, AccountId
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import TradeId

START = datetime(2026, 3, 2, tzinfo=UTC)
SYMBOL = Symbol("BTC-USD")
SHARES = (Decimal(0), Decimal(1) / 3, Decimal(1))

a_fill = st.tuples(
    st.sampled_from(["buy", "sell"]),
    st.integers(1, 400),
    st.integers(5_000, 15_000),
    st.sampled_from(["0", "0.001", "0.02", "1"]),
    st.sampled_from(["USD", "BTC", "BNB", ""]),
    st.integers(0, 180),
)
some_fills = st.lists(a_fill, min_size=1, max_size=25)


def book_of(rows: list[tuple[str, int, int, str, str, int]], *, shorts: bool) -> AccountBook:
    fills, at = [], START
    for number, (side, quantity, price, fee, coin, minutes) in enumerate(rows):
        at += timedelta(minutes=minutes)
        size = Decimal(quantity) / 100
        paid = min(Decimal(fee), size / 10) if coin == "BTC" else Decimal(fee)
        fills.append(
            BookFill(
                key=FillKey(number.to_bytes(16, "big")),
                side="buy" if side == "buy" else "sell",
                quantity=size,
                price=Decimal(price) / 100,
                fee=paid,
                fee_currency=coin,
                at=at,
                order_id="",
            )
        )
    return AccountBook(Account(AccountId(1), "main", "generic", shorts), SYMBOL, fills)


@given(some_fills, st.booleans(), st.integers(0, 25), st.sampled_from([(10, 1), (3, 2), (1, 7)]))
def test_nothing_asked_is_the_same_ledger_across_a_split(
    rows: list[tuple[str, int, int, str, str, int]],
    shorts: bool,
    place: int,
    ratio: tuple[int, int],
) -> None:
    book = book_of(rows, shorts=shorts)
    at = book.fills[min(place, len(rows) - 1)].at
    book = replace(book, splits=(Split(at, *ratio, Decimal(0), Decimal(0)),))
    found = replayed(book, {}, None)
    assert not [line for line in found.lines if line.changed]
    assert [line.trip for line in found.lines] == sorted(
        matched(book), key=lambda trip: (trip.opened_us, trip.id)
    )


def replayed(book: AccountBook, courses: dict[TradeId, Course], money: int | None) -> ReplayResult:
    start = None if money is None else Decimal(money)
    return replay([(book, matched(book))], courses, {}, Purse(start))


def ledger(book: AccountBook, fills: tuple[BookFill, ...] | None = None) -> Book:
    made = Book(book.account, book.symbol)
    for fill in book.fills if fills is None else fills:
        made.add(fill)
    return made


@given(rows=some_fills, shorts=st.booleans(), money=st.sampled_from([None, 0, 100, 10_000]))
def test_nothing_asked_is_the_same_ledger(
    rows: list[tuple[str, int, int, str, str, int]], shorts: bool, money: int | None
) -> None:
    book = book_of(rows, shorts=shorts)
    found = replayed(book, {}, money)
    assert [[*of] for of in found.fills] == [[*book.fills]]
    assert all(line.replay == line.actual for line in found.lines)
    assert not found.other_fees


@given(rows=some_fills, shorts=st.booleans(), shares=st.lists(st.sampled_from(SHARES), min_size=25))
def test_other_trades_and_unknown_sales_stay_as_they_were(
    rows: list[tuple[str, int, int, str, str, int]], shorts: bool, shares: list[Decimal]
) -> None:
    book = book_of(rows, shorts=shorts)
    trips = matched(book)
    courses = {trip.id: Course(share=part) for trip, part in zip(trips, shares, strict=False)}
    found = replayed(book, courses, None)
    again, actual = ledger(book, tuple(found.fills[0])), ledger(book)
    assert [(one.key, one.quantity) for one in again.unknown] == [
        (one.key, one.quantity) for one in actual.unknown
    ]
    dusty = any(fill.fee_currency == "BTC" and fill.fee for fill in book.fills)
    for line in found.lines:
        if courses[line.trip.id].share == 0:
            assert line.totals.paid_replayed == 0 or dusty
        if courses[line.trip.id].share == 1 and not dusty:
            assert line.replay == line.actual
    if not actual.position("fifo").open_quantity:
        assert again.position("fifo").open_quantity == 0


@given(rows=some_fills, shorts=st.booleans())
def test_all_left_out_is_nothing_traded(
    rows: list[tuple[str, int, int, str, str, int]], shorts: bool
) -> None:
    book = book_of(rows, shorts=shorts)
    courses = {trip.id: Course(share=Decimal(0)) for trip in matched(book)}
    found = replayed(book, courses, None)
    assert not any(line.replay.net or line.totals.paid_replayed for line in found.lines)
    assert found.positions[0].open_quantity == 0
