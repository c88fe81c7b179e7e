"""When coins are dust, gone or explained: at the limit, and just beyond it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

import pytest

from coach.engine.ledger.book import Book
from coach.engine.ledger.doubts import CoinOrigin, OpenPosition, departures, origins
from coach.engine.ledger.dust import is_rounding
from coach.engine.ledger.holdings import still_held
from coach.engine.ledger.identity import Namer, content_key, id_key, is_placeholder
from coach.engine.ledger.instants import FillInInstant, order_instant
from coach.engine.ledger.open_trip import Lot, OpenTrip
from coach.engine.ledger.short_evidence import weigh
from coach.model.fills import BookFill, Fill, FillKey, Symbol
from coach.model.movements import AccountMovement
from coach.model.trades import RoundTrip, UnknownBasis

Ledger = tuple[Book, list[RoundTrip]]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HELD = OpenPosition("main", Symbol("BTC-USD"), Decimal(1), NOON)


def sale(quantity: str, at: datetime = NOON, *, rounding: bool = False) -> UnknownBasis:
    numbers = (Decimal(quantity), Decimal(0), Decimal(0))
    symbol = Symbol("BTC-USDC")
    return UnknownBasis(FillKey(b"k"), symbol, "sell", at, *numbers, "main", rounding=rounding)


def none_closed(*_asked: object) -> tuple[()]:
    return ()


def moved(quantity: str, at: datetime = NOON) -> AccountMovement:
    return AccountMovement("main", "send", "BTC", Decimal(quantity), at)


@pytest.mark.parametrize(
    ("quantity", "entered", "rounds"),
    [
        ("0.000001", "1", True),  # a millionth
        ("0.0000012", "1.2", True),
        ("0.0000011", "1", False),
        ("0.0001", "1", True),  # one unit of a last place, and a ten-thousandth
        ("0.00011", "1", False),
        ("0.0002", "1", False),
        ("0.0009", "9", True),
        ("0.00091", "10", False),  # two digits
        ("0.00101", "1000", False),
        ("0.00090", "10", True),
    ],
)
def test_rounding_is_a_millionth_or_a_unit_of_a_ten_thousandth(
    quantity: str, entered: str, *, rounds: bool
) -> None:
    assert is_rounding(Decimal(quantity), Decimal(entered)) is rounds


@pytest.mark.parametrize(("left", "held"), [("0.01", "0.01"), ("0.00995", "0")])
def test_less_than_a_hundredth_of_a_position_is_nothing(left: str, held: str) -> None:
    (part,) = still_held([HELD], [], [moved(f"-{1 - Decimal(left)}")], none_closed).values()
    assert part.left == Decimal(held)


def test_coins_leave_a_position_from_the_moment_it_is_opened() -> None:
    assert [one.quantity for one in departures(HELD, [sale("1")], [moved("-2")])] == [1, 2]
    assert departures(HELD, [sale("1", NOON - TICK)], [moved("-2", NOON - TICK)]) == []
    assert departures(HELD, [sale("1", rounding=True)], []) == []
    (part,) = still_held([HELD], [], [moved("-1")], none_closed).values()
    assert part.left == 0


@pytest.mark.parametrize(
    ("sold", "enough"), [("1.01", True), ("1.0101", False), ("0.5", True), ("2", False)]
)
def test_what_was_held_explains_a_hundredth_more(sold: str, *, enough: bool) -> None:
    line = sale(sold)
    assert origins([HELD], [line], []) == {
        ("main", line.key): CoinOrigin((HELD.symbol,), (), enough)
    }
    assert origins([], [line], [moved("1")])["main", line.key] == CoinOrigin((), ("send",), enough)


def test_a_row_of_nothing_explains_nothing_and_takes_nothing() -> None:
    line = sale("1")
    unknown = moved("1")._replace(quantity=None)
    rows = [moved("0"), moved("-1"), unknown]
    assert origins([], [line], rows)["main", line.key] == CoinOrigin()
    assert [one.quantity for one in departures(HELD, [], rows)] == [None]
    assert departures(HELD, [], [moved("0")]) == []


def test_coins_that_were_sent_and_coins_that_came_are_no_transfer_of_the_account() -> None:
    came = moved("1")._replace(kind="receive")
    assert [one.quantity for one in departures(HELD, [], [moved("-1"), came])] == [1]


def test_what_came_with_the_sale_explains_it_and_what_came_later_does_not() -> None:
    line = sale("1", NOON - TICK)
    assert origins([HELD], [line], [moved("1")]) == {("main", line.key): CoinOrigin()}
    assert not origins([], [sale("0"), sale("1", rounding=True)], [])


def fill_of(side: str, quantity: str) -> FillInInstant:
    return FillInInstant("buy" if side == "buy" else "sell", Decimal(quantity))


@pytest.mark.parametrize(
    ("sold", "guessed", "places"),
    [
        ("99", True, [1, 0]),  # all of 100 but a hundredth
        ("98.99", False, [1, 0]),
        ("101", True, [1, 0]),  # of 101 a hundredth is 1.01
        ("101.1", False, [0, 1]),
    ],
)
def test_a_position_is_closed_but_for_a_hundredth(
    sold: str, places: list[int], *, guessed: bool
) -> None:
    fills = [fill_of("buy", "5"), fill_of("sell", sold)]
    found = order_instant(fills, Decimal(100), shorts=False)
    assert (found.guessed, found.places) == (guessed, places)


@pytest.mark.parametrize(("held", "places"), [("99", [0, 1]), ("98.99", [1, 0])])
def test_a_file_may_sell_a_hundredth_more_than_is_held(held: str, places: list[int]) -> None:
    fills = [fill_of("sell", "100"), fill_of("buy", "100")]
    found = order_instant(fills, Decimal(held), shorts=False, files=[[0, 1]])
    assert (found.places, found.guessed) == (places, False)


def test_two_hundred_fills_of_an_instant_are_weighed_and_more_are_not() -> None:
    pairs = [fill_of("buy", "1"), fill_of("sell", "1")]
    assert order_instant(pairs * 100, Decimal(0), shorts=False).places == [*range(200)]
    more = order_instant(pairs * 101, Decimal(0), shorts=False)
    assert more.places == [*range(0, 202, 2), *range(1, 202, 2)]
    assert not order_instant(pairs * 101, Decimal(1_000), shorts=False).guessed
    odd = order_instant([*pairs * 100, pairs[0]], Decimal(0), shorts=False)
    assert odd.places == [*range(0, 201, 2), *range(1, 200, 2)]


def test_of_many_fills_sales_come_first_where_they_close_no_more_than_is_held() -> None:
    fills = [fill_of("buy", "1")] * 60 + [fill_of("sell", "1")] * 150
    few = order_instant(fills, Decimal(5), shorts=False)
    assert few.places == [*range(210)]
    enough = order_instant(fills, Decimal(150), shorts=False)
    assert enough.places == [*range(60, 210), *range(60)]


def test_both_kinds_of_key_of_an_id_begin_with_the_same_eight_bytes() -> None:
    key = id_key("generic", Symbol("BTC-USD"), "buy", "7")
    rest = blake2b(b"words", digest_size=8).digest()
    assert content_key(key, "words") == key[:8] + rest
    copy = blake2b(b"copy\x002\x00words", digest_size=8).digest()
    assert content_key(key, "words", 2) == key[:8] + copy
    assert len(key) == 16


@pytest.mark.parametrize(
    ("native_id", "names_nothing"),
    [
        ("confidential", True),
        ("1.5E14", True),
        ("1,5e14", True),
        ("15E+3", True),
        ("15E+1234", False),
        ("15E3", False),  # an id may be written so
        ("1.5", False),
        ("a+b", False),
        ("x7", False),
    ],
)
def test_ids_that_look_rounded_or_hidden_name_nothing(
    native_id: str, *, names_nothing: bool
) -> None:
    assert is_placeholder(native_id) is names_nothing


def named(*ids: str) -> Namer:
    namer = Namer("generic")
    for native_id in ids:
        numbers = (Decimal(1), Decimal(100), Decimal(0))
        namer.name(Fill(Symbol("BTC-USD"), "buy", *numbers, "USD", NOON, 0, "", native_id, 1))
    return namer


def test_ids_that_name_nothing_are_counted_and_copies_are_numbered() -> None:
    assert (named("xxx", "nan", "7").unusable, named("xxx", "nan").example) == (2, "xxx")
    assert sorted(named("7", "7", "7").copies.values()) == [1, 2]
    assert named("7", "8").copies == {}


def test_lots_that_are_closed_whole_are_no_longer_open(fills: list[BookFill]) -> None:
    """
    09:00 buy  2 @ 100 fee 2
    09:01 buy  3 @ 200 fee 3
    09:10 sell 2 @ 300
    09:20 sell 1 @ 300
    """
    trip = OpenTrip(fills[0], "USD")
    trip.enter(fills[0])
    trip.enter(fills[1])
    trip.leave(fills[2])
    assert [*trip.open_lots()] == [Lot(Decimal(3), Decimal(3), Decimal(200), Decimal(3))]
    trip.leave(fills[3])
    assert [*trip.open_lots()] == [Lot(Decimal(2), Decimal(2), Decimal(200), Decimal(2))]
    assert [*trip.left("fifo")] == [2, 400, 2]
    assert [*trip.left("average")] == [2, 320, 2]
    assert [[one.quantity, one.gross, one.fees] for one in trip.closed_so_far] == [
        [2, 400, 2],
        [3, 500, 3],
    ]


def test_a_rest_of_half_a_hundredth_is_flat_where_fees_were_paid_in_the_coin(
    fills: list[BookFill],
) -> None:
    """
    09:00 sell 100  @ 100 fee 1
    09:10 buy  99.5 @ 100 fee 1
    """
    in_quote = weigh(fills, Symbol("BTC-USD"))
    assert in_quote is not None
    assert (in_quote.flat_as_short, in_quote.left) == (0, Decimal("-0.5"))
    assert in_quote.held_as_spot
    in_coin = [fill._replace(fee=Decimal("0.01"), fee_currency="BTC") for fill in fills]
    dusty = weigh(in_coin, Symbol("BTC-USD"))
    assert dusty is not None
    assert dusty.flat_as_short == 1


def test_a_hundredth_of_the_largest_position_is_dust_and_more_is_not(
    fills: list[BookFill],
) -> None:
    """
    09:00 sell 100    @ 100 fee 0.000001 ETH
    09:10 buy  99.001 @ 100 fee 0.001 BTC
    """
    at_limit = weigh(fills, Symbol("BTC-USD"))
    beyond = weigh([fills[0], fills[1]._replace(fee=Decimal("0.002"))], Symbol("BTC-USD"))
    assert at_limit is not None
    assert beyond is not None
    assert (at_limit.flat_as_short, beyond.flat_as_short) == (1, 0)
