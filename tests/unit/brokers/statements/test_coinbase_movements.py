"""Rows of a Coinbase history that are no trades say which coins came and left."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.brokers.base import Other, Row
from coach.model.movements import Movement

Rows = Callable[[str], list[Row]]
HEADER = (
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,"
    "Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
)
AT = datetime(2025, 6, 1, 10, tzinfo=UTC)


def row(kind: str, coin: str, size: str, note: str = "", time: str = "2025-06-01 10:00:00") -> str:
    return f"x1,{time} UTC,{kind},{coin},{size},USD,$1,,,,{note}\n"


def moved(rows: Rows, line: str) -> list[tuple[str, Decimal | None]]:
    (other,) = rows(HEADER + line)
    assert isinstance(other, Other)
    return [(one.coin, one.quantity) for one in other.movements]


@pytest.mark.parametrize(
    ("kind", "size", "quantity"),
    [
        ("Send", "0.5", "-0.5"),
        ("Send", "-0.5", "-0.5"),
        ("Receive", "0.5", "0.5"),
        ("Withdrawal", "0.5", "-0.5"),
        ("Deposit", "0.5", "0.5"),
        ("Staking Income", "0.5", "0.5"),
        ("Exchange Deposit", "0.5", "-0.5"),
        ("Pro Withdrawal", "0.5", "0.5"),
        ("Card Spend", "-0.5", "-0.5"),
        ("A Word of Tomorrow", "-0.5", "-0.5"),
    ],
)
def test_what_left_is_below_zero_in_old_reports_and_new(
    rows: Rows, kind: str, size: str, quantity: str
) -> None:
    assert moved(rows, row(kind, "BTC", size)) == [("BTC", Decimal(quantity))]


def test_a_convert_takes_one_coin_and_brings_another(rows: Rows) -> None:
    line = row("Convert", "BTC", "0.005", "Converted 0.005 BTC to 1.5 SOL")
    assert moved(rows, line) == [("BTC", Decimal("-0.005")), ("SOL", Decimal("1.5"))]


def test_a_convert_whose_note_says_nothing_takes_a_coin(rows: Rows) -> None:
    assert moved(rows, row("Convert", "BTC", "-0.005")) == [("BTC", Decimal("-0.005"))]


@pytest.mark.parametrize("note", ["Converted 0.005 BTC to much SOL", "Converted 1 BTC to 5 18"])
def test_a_convert_whose_note_makes_no_sense_takes_a_coin(rows: Rows, note: str) -> None:
    assert moved(rows, row("Convert", "BTC", "0.005", note)) == [("BTC", Decimal("-0.005"))]


def test_staking_leaves_the_coins_where_they_are(rows: Rows) -> None:
    assert moved(rows, row("Retail Staking Transfer", "ETH", "-1")) == []


def test_a_movement_has_its_time_and_its_row_is_counted(rows: Rows) -> None:
    (other,) = rows(HEADER + row("Send", "BTC", "0.5"))
    assert other == Other("send", 2, (Movement("BTC", Decimal("-0.5"), AT, reference="x1"),))


def test_a_row_that_cannot_be_read_is_counted_as_before(rows: Rows) -> None:
    assert moved(rows, row("Send", "BTC", "much")) == [("BTC", None)]
    assert moved(rows, row("Receive", "BTC", "much")) == []
    assert moved(rows, row("Send", "BTC", "0.5", time="yesterday")) == []
    assert moved(rows, row("Send", "", "0.5")) == []


def test_the_second_row_of_a_convert_tells_what_the_first_one_told(rows: Rows) -> None:
    note = "Converted 0.005 BTC to 1.5 SOL"
    first = row("Convert", "BTC", "-0.005", note)
    second = row("Convert", "SOL", "1.5", note, time="2025-06-01 10:00:01").replace("x1", "x2")
    one, two = (found for found in rows(HEADER + first + second) if isinstance(found, Other))
    (left, came), (again,) = one.movements, two.movements
    assert (left.coin, left.quantity) == ("BTC", Decimal("-0.005"))
    assert (came.coin, came.quantity) == (again.coin, again.quantity) == ("SOL", Decimal("1.5"))
    assert came.reference == again.reference
