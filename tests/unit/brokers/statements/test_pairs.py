"""Coins glued to amounts and to each other, taken apart."""

import pytest

from coach.brokers.statements.pairs import coin, glued, identifier, joined, side_of, unglued
from coach.brokers.statements.unreadable import Unreadable


@pytest.mark.parametrize(
    "text",
    ["BTC-EUR", "btc/eur", " BTC_EUR ", "BTC - EUR", "\uff22TC\uff0f\uff25UR", "BTC\xa0/EUR"],
)
def test_a_pair_with_a_sign_between_is_read_in_any_case(text: str) -> None:
    assert joined(text, 0) == ("BTC", "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "12-2026",
        "60000.00/0.5",
        "BTC-4",
        "\u202eBTC-EUR",
        "BTCEUR",
        "BTC-",
        "-EUR",
        "ADA-PERP-INTX",
        "BTC-BTC",
        "B C-EUR",
        "",
    ],
)
def test_what_is_no_symbol_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        joined(text, 0)


@pytest.mark.parametrize(
    ("pair", "of_base", "of_quote", "expected"),
    [
        ("1INCHUSDT", "5.11INCH", "2.55USDT", ("1INCH", "USDT")),
        ("1INCHUSDT", "5.11INCH", "2.55", ("1INCH", "USDT")),
        ("1000SATSTRY", "51000SATS", "0.5TRY", ("1000SATS", "TRY")),
        ("ADABTC", "2,500.0000000000ADA", "1,250.0000000000BTC", ("ADA", "BTC")),
        ("BTCEUR", "0.05", "2100.00", ("BTC", "EUR")),
        ("BTCFDUSD", "0.05", "2100.00", ("BTC", "FDUSD")),
        ("DOTUSD", "1DOT", "5USD", ("DOT", "USD")),
        ("WEIRDCOIN", "3WEIRD", "5COIN", ("WEIRD", "COIN")),
        ("BTC/PLN", "0.05", "2100.00", ("BTC", "PLN")),
        ("USDTTRY", "10USDT", "320TRY", ("USDT", "TRY")),
        ("4USDT", "120.54", "24.1000USDT", ("4", "USDT")),
        ("4USDT", "7.5", "1.5", ("4", "USDT")),
        ("2ZUSDC", "15.02Z", "7.5USDC", ("2Z", "USDC")),
        ("\u5e01\u5b89USDT", "1\u5e01\u5b89", "2USDT", ("\u5e01\u5b89", "USDT")),
        ("\uff22\uff34\uff23USDT", "1BTC", "2USDT", ("BTC", "USDT")),
    ],
)
def test_a_glued_pair_is_cut_where_its_own_amounts_say(
    pair: str, of_base: str, of_quote: str, expected: tuple[str, str]
) -> None:
    assert glued(pair, 0, (of_base, of_quote, "")) == expected


def test_without_tickers_the_longest_known_quote_wins() -> None:
    assert glued("DOTUSD", 0, ("1", "2", "0.1BNB")) == ("DO", "TUSD")


@pytest.mark.parametrize(
    ("pair", "fee", "expected"),
    [
        ("DOTUSD", "0.1DOT", ("DOT", "USD")),
        ("DOTUSD", "0.1USD", ("DOT", "USD")),
        ("BTCTUSD", "0.1BTC", ("BTC", "TUSD")),
        ("BNBUSDT", "0.1 BNB", ("BNB", "USDT")),
        ("BNBUPUSDT", "0.1BNB", ("BNBUP", "USDT")),
    ],
)
def test_the_coin_of_the_fee_helps_to_cut(pair: str, fee: str, expected: tuple[str, str]) -> None:
    assert glued(pair, 0, ("1", "2", fee)) == expected


@pytest.mark.parametrize(
    "pair", ["USDT", "BTCXYZ", "", "-", "18.00USD", "600.5USDT", "B\\CUSDT", "1e5USDT"]
)
def test_a_pair_without_a_known_quote_is_refused(pair: str) -> None:
    with pytest.raises(Unreadable):
        glued(pair, 0, ("1", "2", ""))


@pytest.mark.parametrize(
    ("cell", "tickers", "expected"),
    [
        ("5.11INCH", ("1INCH", "USDT"), ("5.1", "1INCH")),
        ("0.0051INCH", ("1INCH", "USDT"), ("0.005", "1INCH")),
        ("0.00010548BNB", ("SOL", "USDT"), ("0.00010548", "BNB")),
        ("2,500.00 ADA", ("ADA",), ("2,500.00", "ADA")),
        ("0.05", ("BTC",), ("0.05", "")),
        ("3.6E-05BTC", ("BTC",), ("3.6E-05", "BTC")),
        ("3.6E-05BNB", ("BTC",), ("3.6E-05", "BNB")),
        ("1.0E7", (), ("1.0E7", "")),
        ("1.0E7SHIB", (), ("1.0E7", "SHIB")),
        ("1e+5 SHIB", (), ("1E+5", "SHIB")),
        ("1e+5SHIB", ("SHIB",), ("1E+5", "SHIB")),
        ("1e2e3", (), ("1e2e3", "")),
        ("2EGLD", (), ("2", "EGLD")),
        ("0.1USDT", ("T", "USDT"), ("0.1", "USDT")),
        ("", ("BTC",), ("", "")),
    ],
)
def test_a_ticker_is_cut_off_its_amount(
    cell: str, tickers: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert unglued(cell, tickers) == expected


def test_a_side_is_read_in_any_case_and_nothing_else_is_a_side() -> None:
    assert side_of(" Buy ", 0) == "buy"
    assert side_of("SELL", 0) == "sell"
    with pytest.raises(Unreadable, match="expected buy or sell, found 'hold'"):
        side_of("hold", 0)


@pytest.mark.parametrize("text", ["", "B C", "B\0C", "-", "X" * 21, "="])
def test_what_is_no_coin_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        coin(text, 0)


def test_an_id_with_control_characters_is_refused() -> None:
    assert identifier(" t-1 ", 0) == "t-1"
    for text in ("a\0b", "x" * 201):
        with pytest.raises(Unreadable):
            identifier(text, 0)
