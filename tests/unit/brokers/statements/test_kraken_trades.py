"""Kraken trades."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.brokers.statements.formats.kraken_trades import split
from coach.brokers.statements.unreadable import Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

Fills = Callable[[str], list[Fill]]
Warned = Callable[[str], tuple[str, ...]]

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


def test_later_columns_change_nothing(fills: Fills) -> None:
    text = HEADER.strip() + ',"postxid","net"\n' + ROW.strip() + ',"TP-1",""\n'
    assert fills(text) == fills(HEADER + ROW)


POSITIONS = HEADER.strip() + ',"postxid","posstatus"\n'


@pytest.mark.parametrize(
    ("collateral", "misc", "status", "margin"),
    [
        ("0.00000", "", "", ""),
        ("", "", "", ""),
        ("0", "initiated", "", ""),
        ("48.00000", "", "", "opening"),
        ("48.00000", "stopped", "open", "opening"),
        ("0.00000", "", "closed", "opening"),
        ("48.00000", "closing", "", "closing"),
        ("0.00000", "stopped, Closing", "", "closing"),
        ("48.00000", "liquidated", "", "closing"),
    ],
)
def test_a_trade_on_margin_is_known_by_what_the_file_says_of_its_position(
    fills: Fills, warned: Warned, collateral: str, misc: str, status: str, margin: str
) -> None:
    row = ROW.strip().replace('"0.00000",""', f'"{collateral}","{misc}"')
    text = POSITIONS + row + f',"TP-1","{status}"\n'
    assert fills(text)[0].margin == margin
    assert ["rollover" in warning for warning in warned(text)] == [True] * bool(margin)


def test_a_third_ledger_entry_may_be_a_fee_in_something_else(warned: Warned) -> None:
    text = HEADER + ROW + ROW.replace("L-1,L-2", "L-3,L-4,L-5") * 2
    assert warned(text) == (
        (
            "lines 3, 4: three ledger entries: the fee was probably paid in something else than the"
            " quote, such as Kraken's fee credits (KFEE); it is booked as printed"
        ),
    )


@pytest.mark.parametrize(
    ("cell", "instead", "column", "reason"),
    [
        ("240.00100", "2400.0100", "cost", "price x quantity, 240.001, found '2400.0100'"),
        ("0.01000000", "0.10000000", "cost", "expected price x quantity, 2400.01"),
        ("24000.10000", "24.00010", "cost", "expected price x quantity, 0.240001"),
        ("0.62400", "240.10000", "fee", "at most the trade's value, 240.001 EUR"),
    ],
)
def test_a_row_that_contradicts_itself_is_skipped(
    skipped: Callable[[str], SkippedRow], cell: str, instead: str, column: str, reason: str
) -> None:
    row = skipped(HEADER + ROW.replace(cell, instead))
    assert row.column == column
    assert reason in row.reason


def test_a_cost_rounded_to_nothing_is_no_contradiction(fills: Fills) -> None:
    """buy 0.004 @ 0.00002 = 0.00000008, printed with five decimals"""
    row = '"T","O","SHIBEUR","2025-05-01 10:00:00.2","buy","market",0.00002000,0.00000,0.00000,'
    assert fills(HEADER + row + '0.00400,0.00000,"","L"\n')[0].quantity == Decimal("0.004")


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


@pytest.mark.parametrize("word", ["settle", "b", "", "Kauf"])
def test_a_side_that_is_none_is_a_row_that_was_not_read(
    skipped: Callable[[str], SkippedRow], word: str
) -> None:
    assert skipped(HEADER + ROW.replace('"buy"', f'"{word}"')).column == "type"


@pytest.mark.parametrize(
    ("cell", "instead", "column"),
    [("0.01000000", "0", "vol"), ("24000.10000", "0", "price"), ('"0.62400"', '""', "fee")],
)
def test_a_trade_that_cannot_be_read_is_skipped(
    skipped: Callable[[str], SkippedRow], cell: str, instead: str, column: str
) -> None:
    assert skipped(HEADER + ROW.replace(cell, instead)).column == column
