"""Columns that repeat others: every format declares its own, and holds them against the others."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.brokers.base import Row
from coach.brokers.statements.redundancy import TradedQuantity, agree, check, check_fee
from coach.brokers.statements.sniffer import REGISTRY
from coach.brokers.statements.unreadable import Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

D = Decimal
Rows = Callable[[str], list[Row]]

SAMPLES = {
    "coinbase-history": (
        (
            "Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,"
            "Price at Transaction,Subtotal,Total,Fees,Notes"
        ),
        "2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,3200,1600,1610,10,Bought 0.5 ETH for 1610 EUR",
    ),
    "coinbase-fills": (
        "trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit",
        "7,BTC-USD,BUY,2024-03-15T10:30:00.5Z,0.5,BTC,60000,18,-30018,USD",
    ),
    "binance-trades": (
        "Date(UTC),Pair,Base Asset,Quote Asset,Side,Price,Executed,Amount,Fee",
        "2024-03-15 10:30:00,ADABTC,ADA,BTC,BUY,0.5,2500ADA,1250BTC,2.5ADA",
    ),
    "binance-trades-old": (
        "Date(UTC),Pair,Base Asset,Quote Asset,Type,Price,Amount,Total,Fee,Fee Coin",
        "2024-03-15 10:30:00,ETHBTC,ETH,BTC,SELL,0.05,2.5,0.125,0.0001,BTC",
    ),
    "kraken-trades": (
        "txid,ordertxid,pair,time,type,price,cost,fee,vol",
        "T,O,XXBTZEUR,2023-06-19 13:34:05.48,buy,24000,240,0.6,0.01",
    ),
}
DECLARED = [
    (name, redundancy.column) for name, known in REGISTRY.items() for redundancy in known.redundant
]


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_format_declares_its_redundant_columns_or_says_why_it_has_none(name: str) -> None:
    known = REGISTRY[name]
    assert bool(known.redundant) != bool(known.nothing_redundant)


@pytest.mark.parametrize(("name", "column"), DECLARED)
def test_a_column_that_is_declared_redundant_stops_a_row_that_contradicts_it(
    rows: Rows, name: str, column: str
) -> None:
    """The figure is made ten times as large; a coin becomes another."""
    header, line = SAMPLES[name]
    (row,) = rows(f"{header}\n{line}\n")
    assert isinstance(row, Fill), row
    cells = line.split(",")
    place = [label.lower() for label in header.split(",")].index(column)
    cells[place] = f"9{cells[place]}" if any(map(str.isdigit, cells[place])) else "DOGE"
    (row,) = rows(f"{header}\n{','.join(cells)}\n")
    assert isinstance(row, SkippedRow)
    assert row.column == header.split(",")[place]
    assert "expected" in row.reason


@pytest.mark.parametrize(("name", "column"), DECLARED)
def test_a_redundant_column_may_be_empty(rows: Rows, name: str, column: str) -> None:
    header, line = SAMPLES[name]
    cells = line.split(",")
    cells[[label.lower() for label in header.split(",")].index(column)] = ""
    assert isinstance(rows(f"{header}\n{','.join(cells)}\n")[0], Fill)


@pytest.mark.parametrize(
    ("printed", "quantity", "price", "is_one"),
    [
        ("30000", "0.5", "60000", True),
        ("30000.25", "0.5", "60000", True),
        ("30300", "0.5", "60000", False),
        ("0.00000", "0.004", "0.00002", True),
        ("0", "9", "0.1", False),
        ("1", "0.4", "1", False),
        ("2.4", "1.2", "2", True),
        ("240", "100", "2", False),
        ("4.82", "10.7", "0.45", True),
        ("5.20", "10.7", "0.45", False),
        ("24.0999", "120.5", "0.2", True),
        ("0.00000002", "0.000001", "0.0213", True),
        ("1E+1", "3", "3.3", True),
    ],
)
def test_figures_are_one_when_they_differ_by_their_rounding(
    printed: str, quantity: str, price: str, *, is_one: bool
) -> None:
    traded = TradedQuantity("A", "B", "buy", D(quantity), D(price))
    assert agree(D(printed), traded.value, traded) == is_one


def test_the_money_that_moved_holds_the_fee() -> None:
    buy, sell = (TradedQuantity("A", "B", side, D(2), D(10)) for side in ("buy", "sell"))
    check(D("-20.5"), buy, D("0.5"), 0, "-20.5")
    check(D("19.5"), sell, D("0.5"), 0, "19.5")
    with pytest.raises(Unreadable, match=r"price x quantity with the fee, 20.5, found '19.5'"):
        check(D("19.5"), buy, D("0.5"), 0, "19.5")


def test_a_sale_that_cost_money_contradicts_itself() -> None:
    with pytest.raises(Unreadable):
        check(D(-20), TradedQuantity("A", "B", "sell", D(2), D(10)), D(0), 0, "-20")


@pytest.mark.parametrize(
    ("fee", "currency"), [("20", "B"), ("-20", "B"), ("2", "A"), ("99", "C"), ("0", "B")]
)
def test_a_fee_up_to_the_value_is_a_fee(fee: str, currency: str) -> None:
    check_fee(D(fee), currency, TradedQuantity("A", "B", "buy", D(2), D(10)), 0)


@pytest.mark.parametrize(("fee", "currency"), [("20.01", "B"), ("-21", "B"), ("2.01", "A")])
def test_a_fee_above_the_value_is_none(fee: str, currency: str) -> None:
    with pytest.raises(Unreadable, match="at most the trade's value"):
        check_fee(D(fee), currency, TradedQuantity("A", "B", "buy", D(2), D(10)), 0)
