"""Coinbase "Transaction history": every header version, and what its notes know better."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.brokers.base import Other, Row
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

V5 = (
    "\nTransactions\nUser,Nobody,0-0\n"
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,"
    "Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
)
V4 = V5.replace("ID,", "")
V3 = V4.replace("Price", "Spot Price")
V2 = V3.replace(" and/or spread", "").replace(" and/or Spread", "")
V1 = (
    "Timestamp,Transaction Type,Asset,Quantity Transacted,EUR Spot Price at Transaction,"
    "EUR Subtotal,EUR Total (inclusive of fees),EUR Fees,Notes\n"
)
V0 = (
    "Timestamp,Transaction Type,Asset,Quantity Transacted,EUR Spot Price at Transaction,"
    "EUR Amount Transacted (Inclusive of Coinbase Fees),Address,Notes\n"
)

Fills = Callable[[str | bytes], list[Fill]]
Rows = Callable[[str | bytes], list[Row]]
Skipped = Callable[[str | bytes], SkippedRow]
Warned = Callable[[str | bytes], tuple[str, ...]]


def terms(fill: Fill) -> tuple[object, ...]:
    """Return symbol, side, quantity, price, fee and its currency."""
    return fill[0], fill[1], fill[2], fill[3], fill[4], fill[5]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (V5, "i-1,2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,€3200.00,€1600.00,€1610.00,€10.00,\n"),
        (V4, "2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,€3200.00,€1600.00,€1610.00,€10.00,\n"),
        (V3, "2025-01-05T10:00:00Z,Buy,ETH,0.5,EUR,3200.00,1600.00,1610.00,10.00,\n"),
        (V2, "2025-01-05T10:00:00Z,Buy,ETH,0.5,EUR,3200.00,1600.00,1610.00,10.00,\n"),
        (V1, "2025-01-05T10:00:00Z,Buy,ETH,0.5,3200.00,1600.00,1610.00,10.00,\n"),
        (V0, "01/05/2025 10:00 AM,Buy,ETH,0.5,3200.00,1610.00,,\n"),
    ],
    ids=["v5", "v4", "v3", "v2", "v1", "v0"],
)
def test_every_version_says_the_same_trade(fills: Fills, header: str, row: str) -> None:
    """2025-01-05 10:00 buy ETH 0.5 @ 3200 EUR, fee 10"""
    (fill,) = fills(header + row)
    assert terms(fill) == ("ETH-EUR", "buy", Decimal("0.5"), 3200, 10, "EUR")
    assert fill.at == datetime(2025, 1, 5, 10, tzinfo=UTC)
    assert fill.native_id == ("i-1" if header is V5 else "")


def test_a_sell_is_one_whatever_the_sign_of_its_quantity(fills: Fills) -> None:
    """Newer exports print a sell negative, older ones do not."""
    row = "{},2025-01-10 14:00:00 UTC,Sell,ETH,{}0.25,EUR,€3400.00,{}€850.00,{}€842.00,{}€8.00,\n"
    new, old = fills(V5 + row.format("a", *"----") + row.format("b", "", "", "", "-"))
    assert terms(new) == ("ETH-EUR", "sell", Decimal("0.25"), 3400, 8, "EUR")
    assert terms(old) == terms(new)


def test_an_advanced_trade_is_in_the_market_of_its_note(fills: Fills) -> None:
    """
    The report is in EUR, the trade was in USDC:
    sell BTC 0.02 @ 65000 USDC = 1300, brought 1294.80
    """
    note = "Sold 0.02 BTC for 1294.80 USDC on BTC-USDC at 65000 USDC/BTC"
    (fill,) = fills(
        V5 + "a,2025-06-03 10:00:00 UTC,Advanced Trade Sell,BTC,-0.02,EUR,"
        f'"€60,000.00","€1,200.00","€1,195.20",€4.80,{note}\n'
    )
    assert terms(fill) == ("BTC-USDC", "sell", Decimal("0.02"), 65000, Decimal("5.20"), "USDC")


def test_an_old_advance_trade_of_tiny_coins_is_exact(fills: Fills) -> None:
    """buy SHIB 2 @ 0.00002318 EUR = 0.00004636, paid 0.00004673088: fee 0.00000037088"""
    note = "Bought 2 SHIB for 0.00004673088 EUR on SHIB-EUR at 0.00002318 EUR/SHIB"
    (fill,) = fills(
        V5
        + f"a,2023-05-01 10:00:00 UTC,Advance Trade Buy,SHIB,2,EUR,€0.00,€0.00,€0.00,€0.00,{note}\n"
    )
    assert fill.price == Decimal("0.00002318")
    assert fill.fee == Decimal("0.00000037088")


def test_a_note_without_a_price_gives_the_money_per_coin(fills: Fills, warned: Warned) -> None:
    """sell BTC 0.01 for 650 USDC: 65000 each, the fee is somewhere inside"""
    text = (
        V5 + "a,2025-06-05 08:45:00 UTC,Advanced Trade Sell,BTC,-0.01,EUR,"
        '"€61,000.00",€610.00,€607.56,€2.44,Sold 0.01 BTC for 650.00 USDC on BTC-USDC\n'
    )
    assert terms(fills(text)[0]) == ("BTC-USDC", "sell", Decimal("0.01"), 65000, 0, "USDC")
    assert warned(text)[0].startswith("line 5: the note names no price")


def test_a_trade_in_a_currency_that_no_cell_tells_the_price_of_is_skipped(skipped: Skipped) -> None:
    row = skipped(
        V5 + "a,2025-06-05 08:45:00 UTC,Advanced Trade Sell,BTC,-0.01,EUR,"
        '"€61,000.00",€610.00,€607.56,€2.44,Sold BTC on BTC-USDC\n'
    )
    assert (row.line, row.column) == (5, "Notes")


def test_a_note_without_money_leaves_the_fee_unknown(fills: Fills, warned: Warned) -> None:
    """The report is in EUR, the trade was in USDC, and what moved is not told."""
    text = (
        V5 + "a,2025-06-05 08:45:00 UTC,Advanced Trade Sell,BTC,-0.01,EUR,"
        '"€61,000.00",€610.00,€607.56,€2.44,Sold on BTC-USDC at 65000 USDC/BTC\n'
    )
    assert terms(fills(text)[0]) == ("BTC-USDC", "sell", Decimal("0.01"), 65000, 0, "USDC")
    assert "names no money" in warned(text)[0]


def test_figures_of_a_note_that_are_no_numbers_are_passed_over(fills: Fills) -> None:
    text = V5 + (
        "a,2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,€3200.00,€1600.00,€1610.00,€10.00,"
        '"Bought 0.5 ETH for 1,6.1,0 EUR"\n'
    )
    assert terms(fills(text)[0]) == ("ETH-EUR", "buy", Decimal("0.5"), 3200, 10, "EUR")


def test_where_note_and_columns_disagree_the_columns_settle_it(
    fills: Fills, warned: Warned
) -> None:
    """The note rounds the money it names to whole euros; total 1610, fee 10."""
    text = V5 + (
        "a,2025-01-05 10:00:00 UTC,Advanced Trade Buy,ETH,0.5,EUR,€3200.00,€1600.00,€1610.00,"
        "€10.00,Bought 0.5 ETH for 1611 EUR on ETH-EUR at 3200 EUR/ETH\n"
    )
    assert terms(fills(text)[0]) == ("ETH-EUR", "buy", Decimal("0.5"), 3200, 10, "EUR")
    assert warned(text) == ()


def test_a_note_about_another_coin_is_not_believed(skipped: Skipped) -> None:
    row = skipped(
        V5 + "a,2025-06-05 08:45:00 UTC,Advanced Trade Sell,USDC,-650,EUR,€0.92,€598.00,€598.00,"
        "€0.00,Bought 0.01 BTC for 650.00 USDC on BTC-USDC at 65000 USDC/BTC\n"
    )
    assert row.reason == "expected a note about USDC, found 'BTC-USDC'"


def test_a_note_in_another_language_leaves_the_report_currency(
    fills: Fills, warned: Warned
) -> None:
    text = V5 + (
        "a,2025-01-05 10:00:00 UTC,Advanced Trade Buy,ETH,0.5,EUR,€3200.00,€1600.00,€1610.00,"
        "€10.00,0.5 ETH gekauft\n"
    )
    assert terms(fills(text)[0]) == ("ETH-EUR", "buy", Decimal("0.5"), 3200, 10, "EUR")
    assert "names no market" in warned(text)[0]


def test_the_currency_of_a_simple_buy_is_the_one_it_was_paid_in(fills: Fills) -> None:
    """A report in USD about 70 EUR spent on 0.002 BTC: 35000 EUR each."""
    (fill,) = fills(
        V5 + "a,2025-01-05 10:00:00 UTC,Buy,BTC,0.002,USD,$38000.00,$76.00,$79.00,$3.00,"
        "Bought 0.002 BTC for 70 EUR\n"
    )
    assert terms(fill) == ("BTC-EUR", "buy", Decimal("0.002"), 35000, 0, "EUR")


@pytest.mark.parametrize(
    "kind",
    [
        *("Send", "Receive", "Deposit", "Withdrawal", "Convert", "Staking Income", "Reward Income"),
        *("Rewards Income", "Learning Reward", "Coinbase Earn", "Retail Staking Transfer"),
        *("Retail Eth2 Deprecation", "Pro Deposit", "Exchange Withdrawal", "Subscription"),
    ],
)
def test_what_is_no_trade_is_counted_by_coinbase_s_word(
    rows: Rows, warned: Warned, kind: str
) -> None:
    text = V5 + f"a,2025-01-05 10:00:00 UTC,{kind},ETH,0.5,EUR,,,,,\n"
    (row,) = rows(text)
    assert isinstance(row, Other)
    assert (row.kind, row.line) == (kind.lower(), 5)
    assert warned(text) == ()


def test_an_unknown_kind_is_counted_and_named(rows: Rows, warned: Warned) -> None:
    text = V5 + "a,2025-01-05 10:00:00 UTC,Mystery Move,ETH,0.5,EUR,,,,,\n" * 5
    found = [row.kind for row in rows(text) if isinstance(row, Other)]
    assert found == ["mystery move"] * 5
    assert warned(text) == (
        "lines 5, 6, 7 and 2 more: unknown kind 'mystery move', counted and not read",
    )


def test_money_bought_with_itself_is_no_trade(rows: Rows) -> None:
    text = (
        V5
        + "a,2023-12-29 20:32:17 UTC,Buy,EUR,10,EUR,1.00,10.00,10.00,0,Bought 10 EUR for 10 EUR\n"
    )
    assert rows(text) == [Other("buy of a currency with itself", 5)]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (
            "a,2025-01-05 10:00:00 UTC,Buy,ETH,0.00000000,EUR,€3200,€0,€0.99,€0.99,",
            "Quantity Transacted",
        ),
        ("a,2025-01-05 10:00:00 UTC,Buy,ETH,-1,EUR,€3200,€0,€0.99,€0.99,", "Quantity Transacted"),
        ("a,2025-01-05 10:00:00 UTC,Buy,ETH,1,EUR,€0.00,€0,€0.99,€0.99,", "Price at Transaction"),
        ("a,2025-01-05 10:00:00 UTC,Buy,ETH,1,EUR,,€0,€0.99,€0.99,", "Price at Transaction"),
        ("a,05/01/2025 10:00,Buy,ETH,1,EUR,€3200,€0,€0.99,€0.99,", "Timestamp"),
        ("a,2025-01-05 10:00:00 UTC,Buy,ETH,1,,€3200,€0,€0.99,€0.99,", "Price Currency"),
        ("a,2025-01-05 10:00:00 UTC,,ETH,1,EUR,€3200,€0,€0.99,€0.99,", "Transaction Type"),
        (
            "a,2025-01-05 10:00:00 UTC,Buy,ETH,1,EUR,€3200,€0,x.99,€0.99,",
            "Total (inclusive of fees and/or spread)",
        ),
    ],
)
def test_a_trade_that_cannot_be_read_is_skipped(skipped: Skipped, row: str, column: str) -> None:
    assert skipped(V5 + row + "\n").column == column


@pytest.mark.parametrize("price", ["€0.00", ""])
def test_a_price_rounded_to_nothing_is_the_subtotal_per_coin(
    fills: Fills, warned: Warned, price: str
) -> None:
    """buy PEPE 1000000 for 20 EUR and 0.50 of fees: 0.00002 each"""
    text = V5 + f"a,2023-05-01 10:00:00 UTC,Buy,PEPE,1000000,EUR,{price},€20.00,€20.50,€0.50,\n"
    (fill,) = fills(text)
    assert terms(fill) == (
        *("PEPE-EUR", "buy", 1_000_000, Decimal("0.00002"), Decimal("0.50"), "EUR"),
    )
    assert "the price is subtotal / quantity" in warned(text)[0]


def test_a_cent_for_a_million_coins_is_a_price_too(fills: Fills) -> None:
    """sell PEPE 1000000 for 0.01 EUR without a fee"""
    (fill,) = fills(
        V5 + "a,2023-05-01 10:00:00 UTC,Sell,PEPE,1000000,EUR,€0.00,€0.01,€0.01,€0.00,\n"
    )
    assert (fill.price, fill.fee) == (Decimal("0.00000001"), Decimal(0))


def test_a_price_and_a_subtotal_rounded_to_nothing_say_no_price(skipped: Skipped) -> None:
    row = "a,2023-05-01 10:00:00 UTC,Buy,PEPE,5,EUR,€0.00,{},€1.00,€1.00,\n"
    assert {skipped(V5 + row.format(cell)).column for cell in ("", "€0.00")} == {
        "Price at Transaction"
    }


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,EUR,€100.00,€100.00,€202.00,€2.00,", "Total", "with the fee, 102, found '€202.00'"),
        ("1,EUR,€100.00,€300.00,€302.00,€2.00,", "Subtotal", "price x quantity, 100, found"),
        ("1,EUR,€100.00,€300.00,€102.00,€2.00,", "Subtotal", "price x quantity, 100, found"),
        ("10,EUR,€100.00,€100.00,€102.00,€2.00,", "Subtotal", "price x quantity, 1000"),
        ("1,EUR,€0.00,€20.00,€20.50,€0.50,", "Price", "subtotal / quantity, 20, found '€0.00'"),
        ("1000000,EUR,€0,€20.00,€70.00,€0.50,", "Total", "with the fee, 20.5, found '€70.00'"),
        ("1,EUR,€100,€100,€201,€101,", "Fees", "at most the trade's value, 100 EUR, found 101 EUR"),
        (
            "1,EUR,€100,€100,€102,€2,Bought 1 ETH for 500 EUR",
            "Notes",
            "a note about the total, 102",
        ),
        (
            "1,EUR,€100,€100,€202,€2,Bought 1 ETH for 102 EUR on ETH-EUR at 100 EUR/ETH",
            "Total",
            "the money that the note names, 102",
        ),
        (
            "1,EUR,€100,€900,€102,€2,Bought 1 ETH for 102 EUR on ETH-EUR at 100 EUR/ETH",
            "Subtotal",
            "price x quantity, 100",
        ),
        (
            "1,EUR,€90,€90,€92,€2,Bought 1 ETH for 30000 USDC on ETH-USDC at 60 USDC/ETH",
            "Notes",
            "60",
        ),
    ],
)
def test_a_row_that_contradicts_itself_is_skipped(
    skipped: Skipped, row: str, column: str, reason: str
) -> None:
    trouble = skipped(V5 + f"a,2025-01-05 10:00:00 UTC,Buy,ETH,{row}\n")
    assert trouble.column.startswith(column)
    assert reason in trouble.reason


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        ("Recurring Buy", "ETH,0.5,EUR,,,,,"),
        ("Sell (limit)", "ETH,0.5,EUR,,,,,"),
        ("Trade", "ETH,0.5,EUR,,,,,"),
        ("Kauf", "ETH,0.5,EUR,,,,,"),
        ("'Buy'", "ETH,0.5,EUR,,,,,"),
        ("Mystery Move", "ETH,0.5,EUR,,,,,Bought 0.5 ETH for 70 EUR"),
        ("Mystery Move", "ETH,0.5,EUR,,,,,0.5 ETH verkauft"),
        ("Mystery Move", "ETH,0.5,EUR,€100.00,€50.00,€51.00,€1.00,"),
    ],
)
def test_an_unknown_kind_that_speaks_of_a_trade_is_a_row_that_was_not_read(
    skipped: Skipped, kind: str, rest: str
) -> None:
    row = skipped(V5 + f"a,2025-01-05 10:00:00 UTC,{kind},{rest}\n")
    assert row.column == "Transaction Type"
    assert "which the row says is a trade; it was not read" in row.reason


@pytest.mark.parametrize(
    "rest",
    [
        "ETH,0.5,EUR,€100.00,€50.00,€50.00,€0.00,Received 0.5 ETH",
        "ETH,0.5,EUR,€100.00,€50.00,€50.00,€0.00,Refund for order 7",
        "ETH,0.5,EUR,x,€50.00,€50.00,€1.00,",
        ",,,,,,€15.00,",
    ],
)
def test_an_unknown_kind_without_a_sign_of_a_trade_is_counted(rows: Rows, rest: str) -> None:
    (row,) = rows(V5 + f"a,2025-01-05 10:00:00 UTC,Mystery Move,{rest}\n")
    assert isinstance(row, Other)
    assert (row.kind, row.line) == ("mystery move", 5)


def test_an_old_note_about_another_market_says_that_a_fresh_download_helps(
    skipped: Skipped,
) -> None:
    row = skipped(
        V3 + "2023-02-09T08:12:19Z,Advanced Trade Buy,LINK,3.8,GBP,5.73,21.77,22.00,0.23,"
        "Bought 3.8 LINK for £22.00 GBP on LINK-USDT\n"
    )
    assert row.column == "Notes"
    assert "price or money in USDT" in row.reason
    assert "download the history of that year again" in row.reason


def test_a_coin_whose_name_is_a_number_is_one_where_the_note_names_it(
    fills: Fills, skipped: Skipped
) -> None:
    row = "a,2025-01-05 10:00:00 UTC,Buy,00,10,EUR,€2.00,€20.00,€20.50,€0.50,{}\n"
    assert fills(V5 + row.format("Bought 10 00 for 20.50 EUR"))[0].symbol == "00-EUR"
    assert skipped(V5 + row.format("")).column == "Asset"


def test_an_id_that_stands_twice_is_kept_twice(fills: Fills) -> None:
    text = V5 + "".join(
        f"same,2022-03-25 06:45:27 UTC,Buy,BTC,0.001,{currency},40000,40.00,41.00,1.00,\n"
        for currency in ("EUR", "USD")
    )
    assert [(fill.symbol, fill.native_id) for fill in fills(text)] == [
        ("BTC-EUR", "same"),
        ("BTC-USD", "same"),
    ]


def test_rows_come_in_the_order_of_the_file(fills: Fills) -> None:
    row = "a,{} 10:00:00 UTC,Buy,ETH,1,EUR,€10.00,€10.00,€10.00,€0.00,\n"
    text = V5 + row.format("2025-01-06") + row.format("2025-01-05")
    assert [fill.at.day for fill in fills(text)] == [6, 5]


def test_a_preamble_of_eight_lines_in_an_old_encoding_is_passed_over(fills: Fills) -> None:
    """The euro sign is the byte 0x80, as Windows writes it."""
    preamble = '"You can use this report, or not."\n\n,,,,\n\nTransactions\nUser,M\xe9,1\n\n,\n'
    row = "i,2023-04-20T04:05:40Z,Buy,ETH,2,EUR,\u20ac5.00,\u20ac10.00,\u20ac11.00,\u20ac1.00,\n"
    text = preamble + V5.splitlines(keepends=True)[-1] + row
    (fill,) = fills(text.encode("cp1252"))
    assert (fill.price, fill.fee, fill.line) == (Decimal(5), Decimal(1), 10)
