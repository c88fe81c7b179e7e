"""coach's own template."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.brokers.base import Row
from coach.brokers.statements import times
from coach.brokers.statements.formats.generic import read_time
from coach.brokers.statements.unreadable import Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, Symbol

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
ROW = "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5,42000,21,EUR,t-1\n"

Fills = Callable[[str | bytes], list[Fill]]
Skipped = Callable[[str | bytes], SkippedRow]
Warned = Callable[[str | bytes], tuple[str, ...]]


def test_a_row_of_the_template_is_a_fill(fills: Fills) -> None:
    assert fills(HEADER + ROW) == [
        Fill(
            symbol=Symbol("BTC-EUR"),
            side="buy",
            quantity=Decimal("0.5"),
            price=Decimal(42000),
            fee=Decimal(21),
            fee_currency="EUR",
            at=datetime(2024, 3, 15, 10, 30, tzinfo=UTC),
            nanos=0,
            order_id="",
            native_id="t-1",
            line=2,
        )
    ]


def test_columns_may_stand_in_any_order_and_case(fills: Fills) -> None:
    header = "Fee, Price ,QUANTITY,side,Symbol,Timestamp\n"
    (fill,) = fills(header + "21,42000,0.5,SELL,eth/usd,2024-03-15T11:30:00+01:00\n")
    assert (fill.symbol, fill.side, fill.fee_currency) == ("ETH-USD", "sell", "USD")
    assert fill.at == datetime(2024, 3, 15, 10, 30, tzinfo=UTC)


def test_an_empty_fee_is_none_and_an_empty_fee_currency_the_quote(fills: Fills) -> None:
    (fill,) = fills(HEADER + "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5,42000,,,\n")
    assert (fill.fee, fill.fee_currency, fill.native_id) == (Decimal(0), "EUR", "")


def test_a_rebate_is_a_negative_fee(fills: Fills) -> None:
    (fill,) = fills(HEADER + "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5,42000,-0.3,BNB,\n")
    assert (fill.fee, fill.fee_currency) == (Decimal("-0.3"), "BNB")


def test_nine_digits_of_a_second_are_kept(fills: Fills) -> None:
    (fill,) = fills(HEADER + ROW.replace("10:30:00Z", "10:30:00.123456789Z"))
    assert (fill.at.microsecond, fill.nanos) == (123456, 789)


def test_an_order_id_is_read_and_other_columns_are_named_once(fills: Fills, warned: Warned) -> None:
    text = HEADER.replace("trade_id", "order_id,Mood") + ROW.replace("t-1", "o-1,calm") * 3
    assert [fill.order_id for fill in fills(text)] == ["o-1", "o-1", "o-1"]
    assert warned(text) == ("columns that coach does not read: Mood",)


def test_equal_rows_are_equal_fills_on_their_own_lines(fills: Fills) -> None:
    assert [fill.line for fill in fills(HEADER + ROW + "\n" + ROW + "\n,,,\n" + ROW)] == [2, 4, 7]


@pytest.mark.parametrize(
    ("cell", "instead", "column", "reason"),
    [
        ("2024-03-15T10:30:00Z", "2024-03-15T10:30:00", "timestamp", "has no zone"),
        ("2024-03-15T10:30:00Z", "1710498600", "timestamp", "bare number 1710498600"),
        ("BTC-EUR", "BTCEUR", "symbol", "expected a symbol such as BTC-EUR, found 'BTCEUR'"),
        ("buy", "hodl", "side", "expected buy or sell, found 'hodl'"),
        ("buy", "compra", "side", "expected buy or sell"),
        ("0.5", "0", "quantity", "expected a quantity above zero, found 0"),
        ("0.5", "-0.5", "quantity", "above zero"),
        ("0.5", "NaN", "quantity", "expected a number, found 'NaN'"),
        ("0.5", "1_000", "quantity", "expected a number"),
        ("0.5", "1e99", "quantity", "expected a number between"),
        ("0.5", '"1,234"', "quantity", "clear decimal sign"),
        ("0.5", "0." + "1" * 70, "quantity", "expected a number"),
        ("42000", "Infinity", "price", "expected a number"),
        ("42000", "€42000", "price", "expected a number, found '€42000'"),
        ("42000", "", "price", "expected a number, found nothing"),
        ("21", "sNaN", "fee", "expected a number"),
        ("21", "0e-99999", "fee", "expected a number"),
        (",EUR,", ",E U R,", "fee_currency", "expected a coin"),
        (",EUR,", ",18.00,", "fee_currency", "expected a coin such as BTC, found '18.00'"),
        (",EUR,", ",4,", "fee_currency", "expected a coin"),
        ("BTC-EUR", "60000.00/0.5", "symbol", "expected a symbol such as BTC-EUR"),
        ("BTC-EUR", "12-2026", "symbol", "expected a symbol"),
        ("BTC-EUR", "BTC\\N-EUR", "symbol", "expected a symbol"),
        ("BTC-EUR", "\u202eBTC-EUR", "symbol", "expected a symbol"),
        ("t-1", "a\0b", "trade_id", "expected an id"),
        ("T10:30:00Z", "T10:30:10:12Z", "timestamp", "expected a time"),
        (",21,", ",210000.01,", "fee", "the trade's value, 21000 EUR, found 210000.01 EUR"),
        (",21,EUR", ",0.51,BTC", "fee", "at most the trade's value, 0.5 BTC, found 0.51 BTC"),
        (",21,", ",-21001,", "fee", "at most the trade's value"),
        ("t-1", "a,b", "row", "expected 8 cells, found 9"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(
    skipped: Skipped, cell: str, instead: str, column: str, reason: str
) -> None:
    row = skipped(HEADER + ROW.replace(cell, instead))
    assert (row.line, row.column) == (2, column)
    assert reason in row.reason


@pytest.mark.parametrize("fee", ["5", "36"])
def test_a_minimum_commission_is_booked_and_said(fills: Fills, warned: Warned, fee: str) -> None:
    """Some brokers take 5.00 for three shares at 1.20; up to ten times the value is read."""
    row = f"2024-03-15T10:30:00Z,PNY-EUR,buy,3,1.2,{fee},EUR,t-1\n"
    assert [one.fee for one in fills(HEADER + row)] == [Decimal(fee)]
    [warning] = warned(HEADER + row)
    assert warning.startswith("line 2: a fee above the value of its own trade, booked as printed")


def test_a_fee_up_to_the_value_is_worth_no_warning(warned: Warned) -> None:
    assert warned(HEADER + "2024-03-15T10:30:00Z,PNY-EUR,buy,3,1.2,3.6,EUR,t-1\n") == ()


def test_a_row_cut_short_is_skipped_at_its_first_missing_cell(skipped: Skipped) -> None:
    assert skipped(HEADER + "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5\n").column == "price"


def test_an_endless_field_is_one_skipped_row(skipped: Skipped) -> None:
    row = skipped(HEADER + ROW.replace("t-1", "x" * 140_000))
    assert row == SkippedRow(2, "row", "a field is longer than 131072 characters")


def test_a_bad_row_does_not_spoil_its_neighbours(rows: Callable[[str], list[Row]]) -> None:
    found = rows(HEADER + ROW + ROW.replace("buy", '"buy') + ROW)
    assert [(row.line, type(row)) for row in found] == [(2, Fill), (3, SkippedRow), (4, Fill)]


def test_a_semicolon_file_may_write_decimal_commas(fills: Fills) -> None:
    text = (HEADER + ROW).replace(",", ";").replace("0.5", "0,5").replace("42000", "1234,567")
    (fill,) = fills(text)
    assert (fill.quantity, fill.price) == (Decimal("0.5"), Decimal("1234.567"))


def test_a_semicolon_file_may_write_decimal_dots(fills: Fills) -> None:
    text = (HEADER + ROW).replace(",", ";").replace("42000", "1.234").replace("21", "0.1")
    assert fills(text)[0].price == Decimal("1.234")


def test_a_number_of_two_meanings_is_skipped(skipped: Skipped) -> None:
    text = (HEADER + ROW).replace(",", ";").replace("0.5", "1").replace("42000", "1.234")
    assert skipped(text).column == "price"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_encoding_that_says_its_name_is_read(fills: Fills, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = (mark + HEADER + ROW).replace("\n", "\r\n")
    assert fills(text.encode(encoding))[0].price == Decimal(42000)


@pytest.mark.parametrize(
    ("cell", "instead"),
    [
        ("0.5", " +0.5"),
        ("0.5", "0.50"),
        ("buy", " Buy "),
        ("t-1", " t-1 "),
        ("t-1", "t-1\t"),
        ("EUR,t", "\uff25ur ,t"),
        ("BTC-EUR", "btc / eur"),
        ("T10:30:00Z", "T10:30:00.000Z"),
        ("T10:30:00Z", " 10:30:00+00:00"),
        ("T10:30:00Z", "T11:30:00+01:00"),
    ],
)
def test_a_row_written_another_way_is_the_same_fill(fills: Fills, cell: str, instead: str) -> None:
    plain, odd = fills(HEADER + ROW + ROW.replace(cell, instead))
    assert plain._replace(line=0) == odd._replace(line=0)


def test_a_share_or_coin_whose_name_is_a_number_is_the_base_of_its_market(fills: Fills) -> None:
    text = HEADER + ROW.replace("BTC-EUR", "4-USDT").replace("EUR", "4").replace("21", "0.1")
    (fill,) = fills(text)
    assert (fill.symbol, fill.fee_currency) == ("4-USDT", "4")


@pytest.mark.parametrize("fee", ["21000,EUR", "0.5,BTC", "1000000,BNB", "-21000,EUR"])
def test_a_fee_up_to_the_trade_s_value_or_in_a_third_coin_is_kept(fills: Fills, fee: str) -> None:
    """0.5 BTC @ 42000 EUR are 21000 EUR."""
    assert fills(HEADER + ROW.replace("21,EUR", fee))[0].fee == Decimal(fee.partition(",")[0])


def test_the_smallest_fee_that_can_be_written_may_exceed_the_value(fills: Fills) -> None:
    """0.00001 BTC @ 42 EUR are 0.00042 EUR, and the broker took a cent."""
    row = ROW.replace("0.5,42000,21", "0.00001,42,0.01")
    assert fills(HEADER + row)[0].fee == Decimal("0.01")


TIME = st.from_regex(
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.:][0-9]{1,9})?Z?\Z"
)


@given(TIME | st.datetimes().map(lambda at: f"{at.isoformat()}Z"))
@example("2024-02-30T10:00:00Z")
@example("2024-02-29T24:00:00Z")
@example("2024-02-29T10:00:10:12Z")
@example("1969-12-31T23:59:59Z")
@example("2199-12-31T23:59:59.999999Z")
def test_a_usual_time_is_read_as_any_other(text: str) -> None:
    assert told(read_time, text) == told(times.on_clock, text)


def told(read: Callable[[str, int, tzinfo | None], times.Moment], text: str) -> times.Moment | str:
    try:
        return read(text, 0, None)
    except Unreadable as trouble:
        return trouble.reason
