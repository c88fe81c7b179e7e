"""Whatever a file holds: only our errors, and every line counts once."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.brokers.base import Other, Row
from coach.brokers.statements import open_statement
from coach.errors import CoachError
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

HEADERS = """
timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Notes
Timestamp,Transaction Type,Asset,Quantity Transacted,USD Spot Price at Transaction,USD Fees,Notes
portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit
Date(UTC),Pair,Side,Price,Executed,Amount,Fee
Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin
txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers
""".strip().splitlines()
CELLS = st.sampled_from(
    [
        *(
            "",
            " ",
            "Buy",
            "SELL",
            "Advanced Trade Buy",
            "Convert",
            "BTC",
            "EUR",
            "BTC-EUR",
            "1INCHUSDT",
        ),
        *("2024-03-15T10:30:00Z", "2024-03-15 10:30:00 UTC", "24-03-15 10:30:00", "03/15/2024"),
        *(
            "0",
            "1",
            "-1",
            "0.5",
            "5.11INCH",
            "€3.50",
            "-€1",
            "1e5",
            "1e-400",
            "NaN",
            "1.234,5",
            "x",
        ),
        *(
            "Bought 1 BTC for 5 EUR on BTC-EUR at 4 EUR/BTC",
            "for 9 USD",
            "T-1",
            "nul\0nul",
            "\u2028",
        ),
    ]
)
PRINTABLE = st.characters(exclude_characters='\r\n,"', exclude_categories=["Cc", "Cs"])
CELL = CELLS | st.text(PRINTABLE, max_size=12)
QUOTED = st.text(PRINTABLE | st.sampled_from('\n,"'), max_size=30)
LINE = st.lists(CELL, max_size=14).map(",".join)
TWICE_AS_MANY = 2 * settings().max_examples


def outcomes(content: bytes) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "statement.csv")
        path.write_bytes(content)
        statement = open_statement(path)
        found = list(statement.rows())
        statement.warnings()
        return found


@settings(deadline=None, max_examples=TWICE_AS_MANY)
@given(header=st.sampled_from(HEADERS), lines=st.lists(LINE, max_size=12))
def test_every_line_that_is_not_blank_counts_exactly_once(header: str, lines: list[str]) -> None:
    found = outcomes("\n".join([header, *lines]).encode())
    expected = [
        number for number, line in enumerate(lines, start=2) if line.replace(",", "").strip()
    ]
    assert [row.line for row in found] == expected
    for row in found:
        if isinstance(row, Fill):
            assert row.quantity > 0
            assert row.price > 0


@settings(deadline=None, max_examples=TWICE_AS_MANY)
@given(header=st.sampled_from(HEADERS), lines=st.lists(LINE | QUOTED, max_size=12))
def test_quotes_may_join_lines_but_none_counts_twice(header: str, lines: list[str]) -> None:
    text = "\n".join([header, *lines])
    found = [row.line for row in outcomes(text.encode())]
    assert found == sorted(set(found))
    assert all(1 < line <= len(text.splitlines()) for line in found)


@settings(deadline=None)
@given(head=st.sampled_from(("", *HEADERS)), tail=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_errors(head: str, tail: bytes) -> None:
    with contextlib.suppress(CoachError):
        found = outcomes(head.encode() + tail)
        assert all(isinstance(row, Fill | Other | SkippedRow) for row in found)


@settings(deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=6), cut=st.integers(0, 400))
def test_a_file_cut_anywhere_is_read_up_to_the_cut(lines: list[str], cut: int) -> None:
    whole = "\n".join([HEADERS[0], *lines, ""]).encode()
    start = len(HEADERS[0]) + 1
    before = outcomes(whole)
    after = outcomes(whole[: max(start, len(whole) - cut)])
    assert len(after) <= len(before)
    assert after[:-1] == before[: max(len(after) - 1, 0)]
