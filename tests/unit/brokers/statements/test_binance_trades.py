"""Binance spot trade histories, new and old, in any language."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coach.brokers.statements import open_statement
from coach.errors import NotAStatement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

HEADER = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"
OLD = "Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin\n"

Fills = Callable[[str | bytes], list[Fill]]
Skipped = Callable[[str | bytes], SkippedRow]
Warned = Callable[[str | bytes], tuple[str, ...]]


def terms(fill: Fill) -> tuple[object, ...]:
    """Return symbol, side, quantity, price, fee and its currency."""
    return fill[0], fill[1], fill[2], fill[3], fill[4], fill[5]


def test_a_ticker_that_begins_with_a_digit_is_not_part_of_the_amount(fills: Fills) -> None:
    """buy 1INCH 5.1 @ 0.5 USDT, printed as 5.11INCH; the fee as 0.00511INCH"""
    (fill,) = fills(
        HEADER + "2024-01-15 10:30:00,1INCHUSDT,BUY,0.5,5.11INCH,2.55USDT,0.00511INCH\n"
    )
    assert terms(fill) == (
        "1INCH-USDT",
        "buy",
        Decimal("5.1"),
        Decimal("0.5"),
        Decimal("0.0051"),
        "1INCH",
    )
    assert fill.at == datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


def test_a_fee_in_a_third_coin_stays_there(fills: Fills) -> None:
    (fill,) = fills(
        HEADER + "2024-01-15 10:30:00,SOLUSDT,SELL,100,0.48SOL,48.00USDT,0.00010548BNB\n"
    )
    assert terms(fill) == ("SOL-USDT", "sell", Decimal("0.48"), 100, Decimal("0.00010548"), "BNB")


@pytest.mark.parametrize(
    "row",
    [
        '"2022-02-18 13:24:05,ADABTC,BUY,""0.5"",""2,500.00ADA"",""1,250.00BTC"",""2.5ADA"""',
        '2022-02-18 13:24:05,ADABTC,BUY,0.5,"2,500.00ADA","1,250.00BTC",2.5ADA',
        '2022-02-18 13:24:05,ADABTC,BUY,0.5,""2,500.00ADA"",1250.00BTC,2.5ADA',
        '"2022-02-18 13:24:05,ADABTC,BUY,0.5,2500.00ADA,1250.00BTC,2.5ADA"',
        "2022-02-18 13:24:05, ADA/BTC ,Buy,0.5,2500.00 ADA,1250.00 BTC,2.5 ADA",
    ],
)
def test_rows_that_a_spreadsheet_mangled_are_still_read(fills: Fills, row: str) -> None:
    """buy ADA 2500 @ 0.5 BTC, fee 2.5 ADA"""
    (fill,) = fills("\ufeff" + HEADER + row + "\n")
    assert terms(fill) == ("ADA-BTC", "buy", 2500, Decimal("0.5"), Decimal("2.5"), "ADA")


def test_a_semicolon_file_may_write_decimal_commas(fills: Fills) -> None:
    text = (
        HEADER.replace(",", ";")
        + "2024-01-01 12:00:00;BTCUSDT;BUY;45000,00;0,5BTC;22500,00USDT;10,00USDT\n"
    )
    assert terms(fills(text)[0]) == ("BTC-USDT", "buy", Decimal("0.5"), 45000, 10, "USDT")


def test_amounts_may_lack_their_tickers(fills: Fills) -> None:
    text = HEADER + "2024-01-15 10:30:00,BTCEUR,BUY,42000.00,0.05,2100.00,0.001BTC\n"
    assert terms(fills(text)[0]) == (
        "BTC-EUR",
        "buy",
        Decimal("0.05"),
        42000,
        Decimal("0.001"),
        "BTC",
    )


def test_a_fee_without_a_coin_is_taken_from_what_was_received_and_said_so(
    fills: Fills, warned: Warned
) -> None:
    row = "2024-01-15 10:30:00,BTCEUR,{},42000.00,0.05,2100.00,0.001\n"
    text = HEADER + row.format("BUY") + row.format("SELL")
    assert [fill.fee_currency for fill in fills(text)] == ["BTC", "EUR"]
    assert warned(text)[0].startswith("lines 2, 3: the fee names no coin")


def test_a_fee_of_nothing_needs_no_coin(fills: Fills, warned: Warned) -> None:
    text = HEADER + "2024-01-15 10:30:00,BTCEUR,BUY,42000.00,0.05,2100.00,0\n"
    assert (fills(text)[0].fee, warned(text)) == (Decimal(0), ())


@pytest.mark.parametrize(
    "header",
    [
        "Čas,Pár,Strana,Cena,Provedeno,Částka,Poplatek\n",
        "Fecha,Par,Lado,Precio,Ejecutado,Monto,Comisión\n",
        "时间,交易对,方向,价格,成交,金额,手续费\n",
    ],
)
def test_a_header_in_another_language_names_no_clock(
    written: Callable[[str], Path], header: str
) -> None:
    """24-03-08 10:15:42 in Madrid: buy BTC 0.05 @ 50000 EUR, fee 0.002 BNB"""
    text = header + "24-03-08 10:15:42,BTCEUR,BUY,50000,0.05BTC,2500EUR,0.002BNB\n"
    assert open_statement(written(text)).clock is None
    (fill,) = open_statement(written(text), zone=ZoneInfo("Europe/Madrid")).rows()
    assert isinstance(fill, Fill)
    assert terms(fill) == ("BTC-EUR", "buy", Decimal("0.05"), 50000, Decimal("0.002"), "BNB")
    assert fill.at == datetime(2024, 3, 8, 9, 15, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "hour"),
    [("Date(UTC)", 10), ("Date(UTC+1)", 9), ("Time (New York)", 15), ("Open Time(UTC-04:00)", 14)],
)
def test_the_clock_that_the_header_names_is_believed(fills: Fills, column: str, hour: int) -> None:
    header = HEADER.replace("Date(UTC)", column)
    (fill,) = fills(header + "2024-03-08 10:15:42,BTCEUR,BUY,50000,0.05BTC,2500EUR,0.002BNB\n")
    assert fill.at == datetime(2024, 3, 8, hour, 15, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("1250BTC", "expected price x quantity, 3750000, found '1250BTC'"),
        ("3787500BTC", "expected price x quantity, 3750000"),
        ("3750000ETH", "expected an amount of BTC, found '3750000ETH'"),
        ("much", "expected a number, found 'much'"),
    ],
)
def test_an_amount_that_is_not_the_product_stops_the_row(
    skipped: Skipped, amount: str, reason: str
) -> None:
    row = skipped(HEADER + f"2022-02-18 13:24:05,ADABTC,BUY,1500,2500ADA,{amount},0ADA\n")
    assert row.column == "Amount"
    assert reason in row.reason


@pytest.mark.parametrize("amount", ["3750000.00BTC", "3750000", "3,750,000.0BTC", "3750000.4"])
def test_an_amount_that_is_the_product_but_for_rounding_is_kept(fills: Fills, amount: str) -> None:
    row = f'2022-02-18 13:24:05,ADABTC,BUY,1500,2500ADA,"{amount}",0ADA\n'
    assert fills(HEADER + row)[0].price == 1500


@pytest.mark.parametrize("fee", ["2501ADA", "3750001BTC"])
def test_a_fee_above_the_trade_s_value_stops_the_row(skipped: Skipped, fee: str) -> None:
    row = skipped(HEADER + f"2022-02-18 13:24:05,ADABTC,BUY,1500,2500ADA,3750000BTC,{fee}\n")
    assert (row.column, "at most the trade's value" in row.reason) == ("Fee", True)


def test_a_coin_whose_name_is_a_digit_is_cut_off_where_amounts_carry_tickers(fills: Fills) -> None:
    """buy 120.5 of the coin 4 @ 0.2 USDT, fee 0.1205 of it; then 120.4 without tickers"""
    glued = HEADER + "2025-10-20 10:00:00,4USDT,BUY,0.2,120.54,24.1000USDT,0.12054\n"
    assert terms(fills(glued)[0]) == (
        *("4-USDT", "buy", Decimal("120.5"), Decimal("0.2"), Decimal("0.1205"), "4"),
    )
    bare = OLD + "2025-10-20 10:00:00,4USDT,BUY,0.2,120.4,24.08,0.1204,4\n"
    assert terms(fills(bare)[0]) == (
        *("4-USDT", "buy", Decimal("120.4"), Decimal("0.2"), Decimal("0.1204"), "4"),
    )


def test_an_amount_that_is_no_number_costs_nothing(fills: Fills) -> None:
    assert len(fills(HEADER + "2022-02-18 13:24:05,ADABTC,BUY,0.5,2500ADA,,0ADA\n")) == 1


@pytest.mark.parametrize(
    "row",
    [
        "24-03-08 10:15:42,BTCEUR,BUY,50000,0.05BTC,9999EUR,0.002BNB",
        "24-03-08 10:15:42,BTCEUR,???,50000,0.05BTC,2500EUR,0.002BNB",
        "yesterday,BTCEUR,BUY,50000,0.05BTC,2500EUR,0.002BNB",
    ],
)
def test_seven_columns_alone_are_no_trade_history(written: Callable[[str], Path], row: str) -> None:
    with pytest.raises(NotAStatement):
        open_statement(written(f"a,b,c,d,e,f,g\n{row}\n"))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2024-01-15 10:30:00,BTCXYZ,BUY,42000,0.05,2100,0", "Pair"),
        ("2024-01-15 10:30:00,BTCEUR,BUY,42000,0.05ETH,2100EUR,0", "Executed"),
        ("2024-01-15 10:30:00,BTCEUR,BUY,42000,0BTC,0EUR,0", "Executed"),
        ("2024-01-15 10:30:00,BTCEUR,HOLD,42000,0.05BTC,2100EUR,0", "Side"),
        ("15.01.2024,BTCEUR,BUY,42000,0.05BTC,2100EUR,0", "Date(UTC)"),
        ("2024-01-15 10:30:00,BTCEUR,BUY,42000,0.05BTC,2100EUR,much", "Fee"),
        ("2024-01-15 10:30:00,BTCEUR,Kauf?,42000,0.05BTC,2100EUR,0", "Side"),
        ("2024-01-15 10:30:00,BTCEUR,,42000,0.05BTC,2100EUR,0", "Side"),
    ],
)
def test_a_trade_that_cannot_be_read_is_skipped(skipped: Skipped, row: str, column: str) -> None:
    assert skipped(HEADER + row + "\n").column == column


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_older_history_has_the_coin_of_the_fee_beside_it(fills: Fills, delimiter: str) -> None:
    """2018-10-24 sell AST 263 @ 0.00001426 BTC, fee 0.00000375 BTC"""
    text = OLD + "2018-10-24 02:06:18,ASTBTC,SELL,0.00001426,263,0.00375038,0.00000375,BTC\n"
    (fill,) = fills(text.replace(",", delimiter))
    assert terms(fill) == (
        "AST-BTC",
        "sell",
        263,
        Decimal("0.00001426"),
        Decimal("0.00000375"),
        "BTC",
    )


def test_the_variant_with_base_and_quote_columns_is_the_older_history_too(fills: Fills) -> None:
    header = "Date(UTC),Pair,Base Asset,Quote Asset,Type,Price,Amount,Total,Fee,Fee Coin\n"
    row = "2025-12-25 14:00:15,BTC/USDT,BTC,USDT,BUY,80000.00,0.001,80.00,0.0001,BNB\n"
    assert terms(fills(header + row)[0]) == (
        "BTC-USDT",
        "buy",
        Decimal("0.001"),
        80000,
        Decimal("0.0001"),
        "BNB",
    )


@pytest.mark.parametrize(
    ("cell", "instead", "column"),
    [
        (",BTC,USDT,", ",ETH,USDT,", "Base Asset"),
        (",BTC,USDT,", ",BTC,USDC,", "Quote Asset"),
        (",80.00,", ",800.00,", "Total"),
    ],
)
def test_columns_that_contradict_each_other_stop_the_row(
    skipped: Skipped, cell: str, instead: str, column: str
) -> None:
    header = "Date(UTC),Pair,Base Asset,Quote Asset,Type,Price,Amount,Total,Fee,Fee Coin\n"
    row = "2025-12-25 14:00:15,BTCUSDT,BTC,USDT,BUY,80000.00,0.001,80.00,0.0001,BNB\n"
    assert skipped(header + row.replace(cell, instead)).column == column


def test_the_columns_of_the_coins_say_where_a_pair_is_cut(fills: Fills) -> None:
    """DOTUSD alone would be DO-TUSD."""
    header = "Date(UTC),Pair,Base Asset,Quote Asset,Type,Price,Amount,Total,Fee,Fee Coin\n"
    row = "2025-12-25 14:00:15,DOTUSD,DOT,USD,BUY,8.00,10,80.00,0.0001,BNB\n"
    assert fills(header + row)[0].symbol == "DOT-USD"
