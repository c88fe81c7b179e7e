"""Which digits make two printed fills one execution. Fills are written `quantity @ price fee`."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.statements.formats.coinbase_settlement import per_coin
from coach.engine.ledger.twins import (
    PrintedFill,
    is_rounded,
    is_sum,
    money,
    precision,
    same_execution,
)
from coach.model.fills import Side, Symbol


def printed(text: str, side: Side = "sell", symbol: str = "MATIC-GBP") -> PrintedFill:
    """Read `10.7 @ 0.47 fee 0.019 [BNB]`; a fill of coach's template begins with `~`: no total."""
    quantity, _, price, *fee = text.lstrip("~").split()
    paid = Decimal(fee[1]) if fee else Decimal(0)
    coin = fee[2] if len(fee) > 2 else symbol.rpartition("-")[2]
    numbers = (Decimal(quantity), Decimal(price), paid)
    return PrintedFill(Symbol(symbol), side, *numbers, coin, not text.startswith("~"))


OLD, NEW = "10.7 @ 0.47 fee 0.019", "10.7 @ 0.4698 fee 0.02011"


def test_the_money_of_a_sale_is_what_came_in() -> None:
    assert money(printed(OLD)) == Decimal("5.010")
    assert money(printed(OLD, "buy")) == Decimal("5.048")
    assert money(printed("10 @ 2 fee 1 BNB")) == 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OLD, NEW),  # total 5.01 and 5.00675
        ("10.7 @ 0.470000 fee 0.0190", NEW),  # zeros at the end tell nothing
        ("10.7 @ 0.4698 fee 0.01686", NEW),  # only the total is rounded
        ("1 @ 100 fee 0.5", "1 @ 100.001 fee 0.5"),
        ("0.0199 @ 60000 fee 0.1", "0.01990004 @ 60000 fee 0.1024"),  # the quantity is rounded, too
        ("1 @ 100 fee 0.1", "1 @ 100 fee 0"),  # one source tells no fee
        ("1 @ 100 fee 0.1", "1 @ 100 fee 0.0002 BNB"),
        ("~10.7 @ 0.47 fee 0.02", NEW),  # no total: price and fee by their own digits
        ("~10.7 @ 0.4698 fee 0.02", NEW),
        ("~10.7 @ 0.47", NEW),
    ],
)
def test_a_rounded_print_is_the_same_execution(one: str, other: str) -> None:
    assert same_execution(printed(one), printed(other))
    assert same_execution(printed(other), printed(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OLD, "10.7 @ 0.466 fee 0.019"),  # 0.47 in two digits, but the total is 4.97
        (OLD, "10.8 @ 0.4654 fee 0.01632"),  # the total is 5.01, but the quantity is another
        (OLD, "10.7 @ 0.4698 fee 0.04"),  # the total is 4.98686
        ("1 @ 100 fee 0.1", "1 @ 100.01 fee 0.1"),
        ("1 @ 100 fee 0.1", "1 @ 100.3 fee 0.1"),
        ("1 @ 60000", "1 @ 60000.4"),
        ("1 @ 100 fee 0.1", "1 @ 100 fee 0.2"),
        ("1 @ 100 fee 0.1", "1.004 @ 100 fee 0.1"),
        ("0.01 @ 3", "0.01 @ 3.4"),  # totals of three cents say nothing about the price
        ("1 @ 100 fee 0.1", "1 @ 100.01 fee 0.0002 BNB"),
        ("~10.7 @ 0.47 fee 0.02", "10.7 @ 0.4698 fee 0.03"),
        ("~10.7 @ 0.47 fee 0.02", "10.7 @ 0.4640 fee 0.02"),
        ("~10.70003 @ 0.47 fee 0.02", NEW),
        ("~1 @ 0.5", "1 @ 0.48"),
    ],
)
def test_what_differs_beyond_the_printed_digits_is_another_execution(one: str, other: str) -> None:
    assert not same_execution(printed(one), printed(other))
    assert not same_execution(printed(other), printed(one))


@pytest.mark.parametrize(
    ("quantity", "total", "exact"),
    [
        ("1234567", "8.61", "1234567 @ 0.000006972"),  # a price too small for the export's digits
        ("10.7", "5.01", NEW),  # the fee is inside the price
    ],
)
def test_a_price_computed_from_a_rounded_total_is_the_same_execution(
    quantity: str, total: str, exact: str
) -> None:
    price, dust = per_coin("sell", Decimal(quantity), Decimal(total))
    coarse = printed(f"{quantity} @ {price:f} fee {dust:f}")
    assert same_execution(coarse, printed(exact))
    assert not same_execution(coarse, printed(exact.replace(" @ 0.", " @ 0.1")))


def test_money_without_cents_is_rounded_to_the_unit() -> None:
    coarse, fine = "2 @ 2500.2 fee 0.4", "2 @ 2500.2 fee 0.1"
    assert same_execution(printed(coarse, symbol="A-JPY"), printed(fine, symbol="A-JPY"))
    assert not same_execution(printed(coarse, symbol="A-USD"), printed(fine, symbol="A-USD"))


def test_in_two_names_of_a_market_price_and_quantity_are_equal() -> None:
    usd = printed("0.02 @ 65000 fee 7.8", symbol="BTC-USD")
    assert same_execution(usd, printed("0.02 @ 65000 fee 7.8", symbol="BTC-USDC"))
    assert not same_execution(usd, printed("0.02 @ 65000.001 fee 7.8", symbol="BTC-USDC"))
    assert not same_execution(usd, printed("0.02 @ 65000 fee 9", symbol="BTC-USDC"))


def test_two_prints_of_one_source_are_one_fill_when_one_is_coarser_throughout() -> None:
    assert is_rounded(printed(OLD), printed(NEW))
    assert not is_rounded(printed(NEW), printed(OLD))
    assert not is_rounded(printed(OLD), printed(OLD))
    assert is_rounded(printed("~10.7 @ 0.47 fee 0.02"), printed("~10.7 @ 0.4698 fee 0.0201"))
    assert not is_rounded(printed("~10.7 @ 0.47 fee 0.02013"), printed("~10.7 @ 0.4698 fee 0.0201"))
    assert not is_rounded(printed("10.7 @ 0.47 fee 0.029"), printed(NEW))
    assert not is_rounded(printed(OLD), printed(NEW, symbol="MATIC-USD"))
    assert not is_rounded(printed(OLD), printed("10.71 @ 0.4698 fee 0.02"))


def test_a_computed_price_is_not_precise() -> None:
    assert precision(printed(OLD)) == (2, 2)
    assert precision(printed(NEW)) == (5, 4)
    assert precision(printed("3 @ 0.333333333333333333 fee 0.01")) == (18, 0)


@pytest.mark.parametrize(
    ("whole", "parts", "adds_up"),
    [
        ("14 @ 140.03 fee 3.94", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], True),
        ("14 @ 140.03 fee 4.92", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], False),
        ("15 @ 140.03 fee 3.92", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], False),
        ("14 @ 140.03 fee 3.92", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1 BNB"], False),
        ("~14 @ 140.03 fee 3.92", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], True),
        ("~14 @ 140.03", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], True),
        ("~14 @ 140.04", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], False),
        ("~14 @ 140.03 fee 3.90", ["10 @ 140 fee 2.8", "4 @ 140.1 fee 1.1208"], False),
    ],
)
def test_a_row_of_an_order_is_the_sum_of_its_executions(
    whole: str, parts: list[str], adds_up: bool
) -> None:
    assert is_sum(printed(whole), [printed(part) for part in parts]) is adds_up


@given(
    quantity=st.decimals("0.01", 1000, places=2),
    price=st.decimals("0.1", 1000, places=4),
    fee=st.decimals(0, 5, places=4),
    side=st.sampled_from(["buy", "sell"]),
)
def test_a_report_that_rounds_price_and_total_to_cents_tells_the_same_execution(
    quantity: Decimal, price: Decimal, fee: Decimal, side: Side
) -> None:
    """The fee is what is missing between the printed price and the printed total."""
    exact = PrintedFill(Symbol("A-USD"), side, quantity, price, fee, "USD", True)
    cents = Decimal("0.01")
    rounded, total = price.quantize(cents), money(exact).quantize(cents)
    missing = total - quantity * rounded if side == "buy" else quantity * rounded - total
    coarse = exact._replace(price=rounded, fee=missing)
    assert money(coarse) == total
    assert same_execution(coarse, exact)
    assert same_execution(exact, coarse)
