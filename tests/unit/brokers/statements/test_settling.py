"""Price and fee of a Coinbase trade give the money that moved."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.statements.formats.coinbase_settlement import (
    PRICE_FROM_SUBTOTAL,
    PRICE_FROM_TOTAL,
    SPREAD_IS_FEE,
    Contradiction,
    PrintedMoney,
    SettledMoney,
    paid_beyond,
    per_coin,
    reconcile,
)
from coach.model.fills import Side

D = Decimal
CENTS = st.integers(1, 10_000_000).map(lambda cents: D(cents).scaleb(-2))
COINS = st.integers(1, 10**15).map(lambda units: D(units).scaleb(-8))


def test_a_buy_costs_its_total() -> None:
    """buy 0.5 @ 3200 = 1600, fee 10, total 1610"""
    printed = PrintedMoney("buy", D("0.5"), D(3200), D(1600), D(1610), D(10))
    assert reconcile(printed) == SettledMoney(D(3200), D(10))


def test_a_sell_brings_its_total() -> None:
    """sell 0.25 @ 3400 = 850, fee 8, total 842"""
    printed = PrintedMoney("sell", D("0.25"), D(3400), D(850), D(842), D(8))
    assert reconcile(printed) == SettledMoney(D(3400), D(8))


def test_rounding_of_the_printed_amounts_lands_in_the_fee() -> None:
    """buy 0.00213232 @ 1810.23 = 3.8599896336, printed as 3.86; total 4.85, fee 0.99"""
    printed = PrintedMoney("buy", D("0.00213232"), D("1810.23"), D("3.86"), D("4.85"), D("0.99"))
    assert reconcile(printed) == SettledMoney(D("1810.23"), D("0.9900103664"))


def test_rounding_never_makes_a_rebate() -> None:
    """buy 3 @ 3.3333 = 9.9999, total 9.99, no fee"""
    printed = PrintedMoney("buy", D(3), D("3.3333"), D("9.99"), D("9.99"), D("0.00"))
    assert reconcile(printed) == SettledMoney(D("3.3333"), D(0))


def test_a_spread_in_the_subtotal_counts_as_fee() -> None:
    """buy 1 @ 100 market, subtotal 101 with the spread, fee 2, total 103"""
    printed = PrintedMoney("buy", D(1), D(100), D("101.00"), D("103.00"), D("2.00"))
    assert reconcile(printed) == SettledMoney(D(100), D("3.00"), SPREAD_IS_FEE)


def test_a_price_rounded_to_uselessness_gives_way_to_the_subtotal() -> None:
    """buy 1000 XLM @ "0.07", subtotal 74.25: paid 0.07425 each, fee 1.49, total 75.74"""
    printed = PrintedMoney("buy", D(1000), D("0.07"), D("74.25"), D("75.74"), D("1.49"))
    assert reconcile(printed) == SettledMoney(D("0.07425"), D("1.49"), PRICE_FROM_SUBTOTAL)


@pytest.mark.parametrize(
    ("printed", "column", "expected"),
    [
        (PrintedMoney("buy", D(1), D(100), D(50), D(300), D("0.99")), "total", D("50.99")),
        (
            PrintedMoney("buy", D(1), D(100), D("101.00"), D("110.00"), D("2.00")),
            "total",
            D("103.00"),
        ),
        (
            PrintedMoney("sell", D(1), D(100), D("100.00"), D("102.00"), D("2.00")),
            "total",
            D("98.00"),
        ),
        (
            PrintedMoney("buy", D("0.5"), D(60), D("30000.00"), D("30018.00"), D(18)),
            "subtotal",
            D(30),
        ),
        (PrintedMoney("buy", D(5), D(60), D("30.00"), D("318.00"), D("18.00")), "subtotal", D(300)),
        (
            PrintedMoney("buy", D(1), D(100), D("300.00"), D("102.00"), D("2.00")),
            "subtotal",
            D(100),
        ),
        (PrintedMoney("buy", D(1), D(100), D("0.00"), D("102.00"), D("2.00")), "subtotal", D(100)),
        (PrintedMoney("buy", D(1), D(3200), D("0.00"), D("0.99"), D("0.99")), "subtotal", D(3200)),
        (PrintedMoney("buy", D(1), D(100), D("300.00"), None, D("2.00")), "subtotal", D(100)),
        (PrintedMoney("sell", D(1), D(100), None, D("50.00"), D("2.00")), "total", D(98)),
        (PrintedMoney("buy", D("0.1"), D(4000), None, D("300.00"), None), "total", D(400)),
    ],
)
def test_columns_that_contradict_each_other_are_no_trade(
    printed: PrintedMoney, column: str, expected: Decimal
) -> None:
    found = reconcile(printed)
    assert isinstance(found, Contradiction)
    assert (found.column, found.expected) == (column, expected)


def test_without_a_fee_column_the_fee_is_what_is_missing() -> None:
    """buy 0.1 @ 4000 = 400, 405.96 with the fee"""
    printed = PrintedMoney("buy", D("0.1"), D(4000), None, D("405.96"), None)
    assert reconcile(printed) == SettledMoney(D(4000), D("5.96"))


def test_a_total_below_the_worth_of_a_buy_rounded_the_price() -> None:
    """buy 1000 XLM @ "0.02", 15.90 with whatever fee: 0.0159 each"""
    printed = PrintedMoney("buy", D(1000), D("0.02"), None, D("15.90"), None)
    assert reconcile(printed) == SettledMoney(D("0.0159"), D(0), PRICE_FROM_TOTAL)


def test_a_price_of_two_digits_with_zeros_behind_them_is_rounded_to_two_digits() -> None:
    """buy 1000 MATIC @ "0.450000", subtotal 454.00, fee 2, total 456: 0.454 each"""
    printed = PrintedMoney("sell", D(1000), D("0.450000"), D("446.00"), D("444.00"), D("2.00"))
    assert reconcile(printed) == SettledMoney(D("0.450000"), D("6.00"), SPREAD_IS_FEE)


def test_without_a_total_price_and_fee_are_as_printed() -> None:
    assert reconcile(PrintedMoney("sell", D(1), D(5), D(5), None, D("0.1"))) == SettledMoney(
        D(5), D("0.1")
    )
    assert reconcile(PrintedMoney("sell", D(1), D(5), None, None, None)) == SettledMoney(D(5), D(0))


@given(st.sampled_from(["buy", "sell"]), COINS, CENTS)
def test_money_per_coin_gives_the_money_back_exactly(
    side: Side, quantity: Decimal, total: Decimal
) -> None:
    price, dust = per_coin(side, quantity, total)
    assert dust >= 0
    assert paid_beyond(side, quantity, price, total) == dust


@given(st.sampled_from(["buy", "sell"]), COINS, CENTS, CENTS, CENTS)
def test_columns_that_add_up_give_the_total_to_the_cent(
    side: Side, quantity: Decimal, price: Decimal, subtotal: Decimal, fee: Decimal
) -> None:
    total = subtotal + fee if side == "buy" else subtotal + fee - fee
    subtotal = subtotal if side == "buy" else subtotal + fee
    settled = reconcile(PrintedMoney(side, quantity, price, subtotal, total, fee))
    if isinstance(settled, Contradiction):
        assert settled.expected == quantity * price
        return
    moved = paid_beyond(side, quantity, settled.price, total)
    assert settled.fee >= 0
    assert abs(moved - settled.fee) <= D("0.01")
