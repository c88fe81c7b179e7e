"""Kraken trades."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.brokers.base import Other, Row
from coach.brokers.statements.kraken_trades import split
from coach.brokers.statements.unreadable import Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

HEADER = (
    '"txid","ordertxid","pair","time","type","ordertype","price","cost","fee","vol","margin",'
    '"misc","ledgers"\n'
)
ROW = (
    '"T-1","O-1","XXBTZEUR","2023-06-19 13:34:05.4856","buy","limit","24000.10000","240.00100",'
    '"0.62400","0.01000000","0.00000","","L-1,L-2"\n'
)


def test_a_trade_keeps_its_ids_and_its_fraction_of_a_second(
    fills: Callable[[str], list[Fill]],
) -> None:
    (fill,) = fills(HEADER + ROW)
    assert (fill.symbol, fill.side, fill.quantity) == ("BTC-EUR", "buy", Decimal("0.01"))
    assert (fill.price, fill.fee, fill.fee_currency) == (
        Decimal("24000.1"),
        Decimal("0.624"),
        "EUR",
    )
    assert (fill.native_id, fill.order_id) == ("T-1", "O-1")
    assert fill.at == datetime(2023, 6, 19, 13, 34, 5, 485_600, tzinfo=UTC)


def test_later_columns_and_margin_change_nothing(fills: Callable[[str], list[Fill]]) -> None:
    text = (
        HEADER.strip() + ',"posstatus","net"\n' + ROW.strip().replace("0.00000", "48") + ',"",""\n'
    )
    assert fills(text) == fills(HEADER + ROW)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("XXBTZEUR", ("BTC", "EUR")),
        ("XBTEUR", ("BTC", "EUR")),
        ("XBTUSD", ("BTC", "USD")),
        ("DOTUSD", ("DOT", "USD")),
        ("USDTUSD", ("USDT", "USD")),
        ("XBTPYUSD", ("BTC", "PYUSD")),
        ("POL/EUR", ("POL", "EUR")),
        ("XBT/USDT", ("BTC", "USDT")),
        ("XXDGZUSD", ("DOGE", "USD")),
        ("XDGEUR", ("DOGE", "EUR")),
        ("XETHXXBT", ("ETH", "BTC")),
        ("XTZUSD", ("XTZ", "USD")),
        ("CHZEUR", ("CHZ", "EUR")),
        ("AVAXETH", ("AVAX", "ETH")),
        ("ADAXBT", ("ADA", "BTC")),
        ("USDTZUSD", ("USDT", "USD")),
        ("ZEURZUSD", ("EUR", "USD")),
        ("SOLUSDC", ("SOL", "USDC")),
        ("XXMR/ZEUR", ("XMR", "EUR")),
    ],
)
def test_kraken_s_names_become_everybody_s(pair: str, expected: tuple[str, str]) -> None:
    assert split(pair, 0) == expected


@pytest.mark.parametrize(
    "pair",
    [
        *("", "EUR", "BTCXYZ", "A/B/C", "X\tBTZEUR", "XB\\NZEUR", "X1.5ZUSD", "XBT\u202eZEUR"),
        *("X B ZEUR", "X123ZEUR", "18.00USD", "XBT/18", "X\0\0\0ZUSD"),
    ],
)
def test_an_unknown_pair_is_refused(pair: str) -> None:
    with pytest.raises(Unreadable):
        split(pair, 0)


def test_a_row_of_another_kind_is_counted(rows: Callable[[str], list[Row]]) -> None:
    assert rows(HEADER + ROW.replace('"buy"', '"Settle"')) == [Other("settle", 2)]


@pytest.mark.parametrize(
    ("cell", "instead", "column"),
    [("0.01000000", "0", "vol"), ("24000.10000", "0", "price"), ('"0.62400"', '""', "fee")],
)
def test_a_trade_that_cannot_be_read_is_skipped(
    skipped: Callable[[str], SkippedRow], cell: str, instead: str, column: str
) -> None:
    assert skipped(HEADER + ROW.replace(cell, instead)).column == column
