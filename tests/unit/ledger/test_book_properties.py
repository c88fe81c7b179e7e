"""What holds for every book, whatever was traded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.book import Book
from coach.engine.ledger.realised import realisations
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.trades import Position, RoundTrip, TradeId

START = datetime(2026, 1, 1, tzinfo=UTC)
SIDES: tuple[Side, Side] = ("buy", "sell")
PARTS = 6
NEARLY = Fraction(1, 10**15)  # what rounding to 18 decimals may add up to
ANY_COIN = ("USD", "BTC", "BNB")


@st.composite
def books(draw: st.DrawFn, coins: tuple[str, ...] = ANY_COIN) -> list[BookFill]:
    """Up to thirty fills of few sizes, so that many return to flat; sixths of all are exact."""
    at, fills = START, []
    for number in range(draw(st.integers(1, 30))):
        at += timedelta(seconds=draw(st.sampled_from((0, 1, 59, 61, 7_200))))
        quantity = Decimal(draw(st.sampled_from((6, 12, 18, 24, 594, 600)))) / 100
        price = Decimal(draw(st.integers(1, 99_999))) / 100
        coin = draw(st.sampled_from(coins))
        rate = draw(st.sampled_from((Decimal("-0.001"), Decimal(0), Decimal("0.01"))))
        fills.append(
            BookFill(
                key=FillKey(number.to_bytes(16, "big")),
                side=draw(st.sampled_from(SIDES)),
                quantity=quantity,
                price=price,
                fee=quantity * rate * (1 if coin == "BTC" else price),
                fee_currency=coin,
                at=at,
                order_id=draw(st.sampled_from(("", "", "A", "B"))),
            )
        )
    return fills


def ledger(fills: list[BookFill], *, shorts: bool = True) -> tuple[Book, list[RoundTrip]]:
    """The book, and every trip it tells, the one under way last."""
    book = Book(Account(AccountId(1), "main", "generic", shorts), Symbol("BTC-USD"))
    told = [*(book.add(fill) for fill in fills), book.open_trip()]
    return book, [trip for trip in told if trip is not None]


def both(book: Book) -> tuple[Position, Position]:
    return book.position("fifo"), book.position("average")


def without_keys(trip: RoundTrip) -> RoundTrip:
    """The trip without what names fills; its id is made of the key of the first."""
    parts = tuple(part._replace(key=FillKey(b"")) for part in trip.partial_closes)
    return trip._replace(
        id=TradeId(""), fills=0, entry_fills=(), exit_fills=(), partial_closes=parts
    )


def cash(fill: BookFill) -> Fraction:
    amount = Fraction(fill.quantity) * Fraction(fill.price)
    fee = Fraction(fill.fee) if fill.fee_currency == "USD" else Fraction(0)
    return (amount if fill.side == "sell" else -amount) - fee


def moved(fill: BookFill) -> Fraction:
    quantity = Fraction(fill.quantity) * (1 if fill.side == "buy" else -1)
    return quantity - (Fraction(fill.fee) if fill.fee_currency == "BTC" else 0)


def worth(position: Position) -> Fraction:
    """The cash that the position accounts for: its net, less what is tied up in what is open."""
    sign = 1 if position.open_quantity > 0 else -1
    return Fraction(position.net) - sign * Fraction(position.open_cost)


@given(books(), st.data(), st.booleans())
def test_splitting_a_fill_changes_no_round_trip(
    fills: list[BookFill], data: st.DataObject, shorts: bool
) -> None:
    cut = data.draw(st.integers(0, len(fills) - 1))
    first = Decimal(data.draw(st.integers(1, PARTS - 1)))
    whole = fills[cut]
    parts = [
        whole._replace(quantity=whole.quantity / PARTS * n, fee=whole.fee / PARTS * n)
        for n in (first, PARTS - first)
    ]
    parts[1] = parts[1]._replace(key=FillKey(b"the second part."))
    book, trips = ledger(fills, shorts=shorts)
    split_book, split_trips = ledger([*fills[:cut], *parts, *fills[cut + 1 :]], shorts=shorts)
    assert [without_keys(trip) for trip in split_trips] == [without_keys(trip) for trip in trips]
    assert both(split_book) == both(book)


@given(books(), st.integers(1, 4_000))
def test_scaling_prices_scales_the_gross_and_leaves_the_fees(
    fills: list[BookFill], eighths: int
) -> None:
    factor = Decimal(eighths) / 8
    fills = [fill for fill in fills if fill.fee_currency != "BTC"]
    _, trips = ledger(fills)
    _, scaled = ledger([fill._replace(price=fill.price * factor) for fill in fills])
    assert [trip.gross for trip in scaled] == [trip.gross * factor for trip in trips]
    assert [trip.fees for trip in scaled] == [trip.fees for trip in trips]


@given(books())
def test_the_mirror_of_a_book_has_the_mirror_s_result(fills: list[BookFill]) -> None:
    fills = [fill for fill in fills if fill.fee_currency != "BTC"]
    mirrored = [
        fill._replace(side="sell" if fill.side == "buy" else "buy", price=2_000 - fill.price)
        for fill in fills
    ]
    _, trips = ledger(fills)
    _, reflections = ledger(mirrored)
    assert len(trips) == len(reflections)
    for trip, reflection in zip(trips, reflections, strict=True):
        assert {trip.side, reflection.side} == {"long", "short"}
        assert (trip.gross, trip.fees, trip.net) == (
            reflection.gross,
            reflection.fees,
            reflection.net,
        )
        assert trip.entry + reflection.entry == 2_000


@given(st.lists(books(), min_size=1, max_size=4))
def test_symbols_add_up_to_all_the_cash_that_moved(symbols: list[list[BookFill]]) -> None:
    positions = [both(ledger(fills)[0]) for fills in symbols]
    total = sum((cash(fill) for fills in symbols for fill in fills), Fraction(0))
    for method in (0, 1):
        assert abs(sum(worth(position[method]) for position in positions) - total) < NEARLY


@given(books(), st.booleans())
def test_the_trips_add_up_to_the_fifo_position(fills: list[BookFill], shorts: bool) -> None:
    book, trips = ledger(fills, shorts=shorts)
    position = book.position("fifo")
    assert sum(Fraction(trip.gross) for trip in trips) == Fraction(position.gross)
    fees = sum((Fraction(trip.fees) for trip in trips), Fraction(0))
    assert abs(fees - Fraction(position.fees)) < NEARLY


@given(books())
def test_once_flat_the_method_makes_no_difference(fills: list[BookFill]) -> None:
    held = sum((moved(fill) for fill in fills), Fraction(0))
    side: Side = "sell" if held > 0 else "buy"
    quantity = Decimal(abs(held).numerator) / Decimal(abs(held).denominator)
    last = fills[-1]._replace(key=FillKey(b"last"), side=side, quantity=quantity, fee=Decimal(0))
    fifo, average = both(ledger([*fills, last] if quantity else fills)[0])
    assert fifo.open_quantity == 0
    assert fifo == replace(average, method="fifo")


@given(books(), st.booleans())
def test_what_is_open_is_bought_less_sold_and_what_is_unknown(
    fills: list[BookFill], shorts: bool
) -> None:
    book, _ = ledger(fills, shorts=shorts)
    held = sum((moved(fill) for fill in fills), Fraction(0))
    held += sum(Fraction(line.quantity) for line in book.unknown)
    for position in both(book):
        assert Fraction(position.open_quantity) == held
        assert shorts or held >= 0


@given(books(), st.booleans())
def test_every_told_number_agrees_with_the_others(fills: list[BookFill], shorts: bool) -> None:
    book, trips = ledger(fills, shorts=shorts)
    for position in both(book):
        assert position.net == position.gross - position.fees
    for trip in trips:
        assert trip.net == trip.gross - trip.fees
        if trip.closed_at is not None and trip.exit is not None:
            gain = Fraction(trip.quantity) * (Fraction(trip.exit) - Fraction(trip.entry))
            mirrored = gain if trip.side == "long" else -gain
            assert abs(mirrored - Fraction(trip.gross)) < NEARLY


@given(books(), st.booleans())
def test_no_two_trips_share_a_name_and_only_the_last_is_open(
    fills: list[BookFill], shorts: bool
) -> None:
    _, trips = ledger(fills, shorts=shorts)
    assert len({trip.id for trip in trips}) == len(trips)
    assert all(trip.closed_at for trip in trips[:-1])


@given(books(), st.booleans())
def test_what_each_closing_fill_realised_adds_up_to_the_trade(
    fills: list[BookFill], shorts: bool
) -> None:
    _, trips = ledger(fills, shorts=shorts)
    for trip in trips:
        parts = list(realisations(trip))
        assert sum(Fraction(part.gross) for part in parts) == Fraction(trip.gross)
        assert sum(Fraction(part.fees) for part in parts) == Fraction(trip.fees)
        if trip.closed_at is not None:
            assert sum(Fraction(part.quantity) for part in parts) == Fraction(trip.quantity)
            assert (trip.closed_at, trip.exit_fills[-1]) == (parts[-1].at, parts[-1].key)


@given(books(), st.booleans(), st.data())
def test_what_was_realised_by_a_moment_does_not_change_later(
    fills: list[BookFill], shorts: bool, data: st.DataObject
) -> None:
    fills = [fill._replace(order_id="") for fill in fills]
    until = data.draw(st.sampled_from(fills)).at
    _, then = ledger([fill for fill in fills if fill.at <= until], shorts=shorts)
    _, now = ledger(fills, shorts=shorts)
    assert _realised_by(until, now) == _realised_by(until, then)


def _realised_by(moment: datetime, trips: list[RoundTrip]) -> tuple[Fraction, Fraction]:
    parts = [part for trip in trips for part in realisations(trip) if part.at <= moment]
    gross, fees = (
        sum(Fraction(part.gross) for part in parts),
        sum(Fraction(part.fees) for part in parts),
    )
    return Fraction(gross), Fraction(fees)


@given(books(), st.booleans())
def test_every_third_coin_is_told(fills: list[BookFill], shorts: bool) -> None:
    book, trips = ledger(fills, shorts=shorts)
    paid = sum((Fraction(f.fee) for f in fills if f.fee_currency == "BNB"), Fraction(0))
    told = book.position("fifo").other_fees.get("BNB", Decimal(0))
    assert Fraction(told) == paid
    if not book.unknown:
        shares = sum(Fraction(trip.other_fees.get("BNB", Decimal(0))) for trip in trips)
        assert abs(shares - paid) < NEARLY
