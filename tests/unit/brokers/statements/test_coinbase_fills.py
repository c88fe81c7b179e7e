"""Coinbase Advanced and Pro fills."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

HEADER = (
    "portfolio,trade id,product,side,created at,size,size unit,price,fee,total,"
    "price/fee/total unit\n"
)
ROW = "default,77,BAT-ETH,SELL,2020-05-18T20:08:14.253Z,100,BAT,0.0013,2.7535e-7,0.12,ETH\n"

Fills = Callable[[str | bytes], list[Fill]]


def test_a_fill_keeps_its_fee_in_the_quote(fills: Fills) -> None:
    (fill,) = fills(HEADER + ROW)
    assert (fill.symbol, fill.side) == ("BAT-ETH", "sell")
    assert (fill.quantity, fill.price) == (Decimal(100), Decimal("0.0013"))
    assert (fill.fee, fill.fee_currency) == (Decimal("0.00000027535"), "ETH")
    assert fill.at == datetime(2020, 5, 18, 20, 8, 14, 253_000, tzinfo=UTC)
    assert (fill.native_id, fill.order_id) == ("77", "")


def test_the_older_report_has_no_portfolio(fills: Fills) -> None:
    old = HEADER.removeprefix("portfolio,") + ROW.removeprefix("default,")
    assert fills(old) == fills(HEADER + ROW)


@pytest.mark.parametrize(
    ("cell", "instead", "column"),
    [
        ("BAT-ETH", "BIP-20DEC30-CDE", "product"),
        ("SELL", "UNKNOWN_ORDER_SIDE", "side"),
        (",100,", ",0,", "size"),
        ("0.0013", "0", "price"),
        ("2020-05-18T20:08:14.253Z", "2020-05-18T20:08:14", "created at"),
    ],
)
def test_what_is_no_spot_fill_is_skipped(
    skipped: Callable[[str], SkippedRow], cell: str, instead: str, column: str
) -> None:
    assert skipped(HEADER + ROW.replace(cell, instead)).column == column
