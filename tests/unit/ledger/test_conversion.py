"""Money of one currency becomes another's by stored closes, or stays what it is."""

from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.history.rates import rates_of
from coach.engine.ledger.book import Book
from coach.engine.ledger.conversion.rates import Rates, convert, ways
from coach.engine.ledger.conversion.sums import add_up, realised
from coach.model.accounts import Account, AccountId
from coach.model.bookkeeping.base_currency import MoneySums
from coach.model.candles import Granularity
from coach.model.fees import CandleClose
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import PartialClose

AT = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
money = st.decimals(-10_000, 10_000, places=8)


def close(symbol: str, price: str) -> CandleClose:
    return CandleClose(Symbol(symbol), Granularity(3600), "vendor", START, Decimal(price))


def part(gross: str, fees: str = "0") -> PartialClose:
    return PartialClose(AT, FillKey(b"1"), Decimal(1), Decimal(gross), Decimal(fees))


def rates(*candles: CandleClose, into: str = "EUR") -> Rates:
    def read(symbol: Symbol, moments: Collection[int]) -> dict[int, CandleClose]:
        return {at: one for at in moments for one in candles if one.symbol == symbol}

    kept = {one.symbol for one in candles}
    return rates_of([("USD", part("1")), ("GBP", part("1"))], into, kept, read)


@pytest.mark.parametrize(
    ("kept", "first"),
    [
        ("USD-EUR EUR-USD BTC-USD BTC-EUR", ("USD-EUR",)),
        ("EUR-USD BTC-USD BTC-EUR", ("EUR-USD",)),
        ("BTC-USD BTC-EUR", ("BTC-USD", "BTC-EUR")),
        ("BTC-USD BTC-EUR USD-CHF CHF-EUR", ("USD-CHF", "CHF-EUR")),
        ("AAA-USD EUR-AAA BTC-USD BTC-EUR", ("BTC-USD", "BTC-EUR")),
        ("USD-ZZZ ZZZ-EUR EUR-BTC USD-BTC", ("USD-ZZZ", "ZZZ-EUR")),
        ("BTC-USD ETH-EUR", None),
    ],
)
def test_the_shortest_way_is_taken_and_divisions_come_last(
    kept: str, first: tuple[str, ...] | None
) -> None:
    found = ways("USD", "EUR", {Symbol(one) for one in kept.split()})
    assert next(found, None) == first


def test_two_prices_of_one_coin_convert_by_their_ratio() -> None:
    rate = (close("BTC-USD", "100"), close("BTC-EUR", "80"))
    assert convert(Decimal(10), "USD", rate) == 8


def test_no_currency_is_taken_at_par() -> None:
    assert rates(close("BTC-EUR", "80")).at("USD", AT) is None


def test_what_has_no_rate_is_left_in_its_own_currency() -> None:
    found = add_up(
        [("USD", part("10", "1")), ("GBP", part("5")), ("EUR", part("2"))],
        rates(close("USD-EUR", "0.8")),
    )
    assert found.sums == MoneySums(Decimal(10), Decimal("0.8"), Decimal("9.2"), 2)
    assert found.left == {"GBP": MoneySums(Decimal(5), Decimal(0), Decimal(5), 1)}
    [use] = found.rates
    assert (use.symbol, use.candles, use.first, use.last) == ("USD-EUR", 1, START, START)


def test_each_close_of_each_trade_is_realised_in_its_quote_currency(fills: list[BookFill]) -> None:
    """
    09:00 buy  4 @ 10
    10:00 sell 1 @ 11
    11:00 sell 3 @ 12
    """
    book = Book(Account(AccountId(1), "main", "generic", shorts=False), Symbol("TOKEN-A-EUR"))
    trips = [trip for fill in fills if (trip := book.add(fill)) is not None]
    found = [(quote, one.gross) for quote, one in realised(trips)]
    assert found == [("EUR", Decimal(1)), ("EUR", Decimal(6))]


@given(money, money)
def test_there_and_back_is_the_same_to_the_last_printed_digit(
    amount: Decimal, fee: Decimal
) -> None:
    there = convert(amount, "USD", (close("EUR-USD", "1.25"),))
    assert convert(there, "EUR", (close("EUR-USD", "1.25"),)) == amount
    both = add_up([("USD", part(str(amount), str(fee)))], rates(close("EUR-USD", "1.25")))
    assert both.sums.net == both.sums.gross - both.sums.fees
