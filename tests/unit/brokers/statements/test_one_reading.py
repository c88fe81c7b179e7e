"""What a row says does not depend on the rows beside it, in any format.

The delimiter and the decimal sign are the file's: a first plain row settles them.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.base import Row
from coach.brokers.statements import FORMATS, open_statement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

PLAIN = {
    "generic": (
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id",
        "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5,42000.5,0.1,EUR,t-1",
    ),
    "coinbase-history": (
        (
            "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,"
            "Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),"
            "Fees and/or Spread,Notes"
        ),
        (
            "i,2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,3200.00,1600.00,1610.00,10.00,"
            "Bought 0.5 ETH for 1610 EUR on ETH-EUR at 3200 EUR/ETH"
        ),
    ),
    "coinbase-fills": (
        (
            "portfolio,trade id,product,side,created at,size,size unit,price,fee,total,"
            "price/fee/total unit"
        ),
        "default,7,BTC-USD,BUY,2024-03-15T10:30:00.5Z,0.5,BTC,60000.5,18.00,-30018.25,USD",
    ),
    "binance-trades": (
        "Date(UTC),Pair,Side,Price,Executed,Amount,Fee",
        "2024-03-15 10:30:00,4USDT,BUY,0.25,120.54,30.125USDT,0.12054",
    ),
    "binance-trades-old": (
        "Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin",
        "2024-03-15 10:30:00,ETHBTC,SELL,0.05,2.5,0.125,0.0001,BTC",
    ),
    "kraken-trades": (
        "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers",
        "T,O,XXBTZEUR,2023-06-19 13:34:05.48,buy,limit,24000.5,240.005,0.6,0.01,0,,L",
    ),
}
ODD = ["", " ", "0", "-1", "1e3", "NaN", "18.00", "x", "4", "a\0b", "t ", "BTC", "SELL", "\u202e"]


@st.composite
def changed(draw: st.DrawFn, line: str) -> str:
    """Draw the line with some of its cells changed."""
    cells = line.split(",")
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(cells) - 1))
        dressed = [f" {cells[place]} ", cells[place].lower(), cells[place] + "0"]
        cells[place] = draw(st.sampled_from(ODD + dressed))
    return ",".join(cells)


def unplaced(row: Row) -> Row:
    """Return a row without its line."""
    return replace(row, line=0) if isinstance(row, SkippedRow) else row._replace(line=0)


def read(header: str, lines: list[str]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "statement.csv")
        path.write_text("\n".join([header, *lines]))
        return [unplaced(row) for row in open_statement(path).rows()]


def test_every_format_is_tried() -> None:
    assert sorted(PLAIN) == sorted(FORMATS)


@pytest.mark.parametrize("name", sorted(PLAIN))
@given(data=st.data())
def test_a_row_alone_is_what_it_is_among_others(name: str, data: st.DataObject) -> None:
    header, plain = PLAIN[name]
    lines = data.draw(st.lists(changed(plain), min_size=1, max_size=6))
    together = read(header, [plain, *lines])
    assert isinstance(together[0], Fill)
    alone = [row for line in lines for row in read(header, [plain, line])[1:]]
    assert together[1:] == alone
