"""What may be the name of a coin, whichever source says it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.model.coins import LONGEST, coin_name, folded, market_base


@pytest.mark.parametrize(
    "name",
    [
        *("BTC", "T", "1INCH", "1000SATS", "C98", "2Z", "0X0", "USD1", "ETH2.S", "MATIC.S"),
        *("DOT28.S", "BRK.B", "0700.HK", "AAPLX", "EDG*", "A$AP", "$WIF", "XBT.M", "E5"),
        *("\u5e01\u5b89\u4eba\u751f", "\u0411\u0418\u0422", "\u30d3\u30c3\u30c8\u30b3\u30a4\u30f3"),
        *("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0627\u0631\u0632", "X" * LONGEST),
    ],
)
def test_a_name_in_any_script_stays_as_it_is(name: str) -> None:
    assert coin_name(name) == market_base(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("btc", "BTC"),
        (" aaplx ", "AAPLX"),
        ("\uff22\uff34\uff23", "BTC"),
        ("\xa0eth", "ETH"),
        ("e\u0301t", "\xc9T"),
        ("stra\xdfe", "STRASSE"),
        ("\u0131nch", "INCH"),
        ("\u0149x", "\u02bcNX"),
        ("\u2460INCH", "1INCH"),
        ("\uff11\uff29\uff2e\uff23\uff28", "1INCH"),
    ],
)
def test_every_spelling_of_a_name_is_one_coin(text: str, name: str) -> None:
    assert coin_name(text) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "18.00",
            "0.0005",
            "60000.00",
            "-30018",
            "+5",
            "1e5",
            "2.75E-7",
            "1.E5",
            "1,000",
        ),
        *("12-2026", "60000.00/0.5", "18.00USD", "600USDT", "18EUR", "1'000", "$18", "$", "*", "."),
        *(
            "\u20ac5",
            "NaN",
            "none",
            "NULL",
            "n/a",
            "#N/A",
            "5%",
            "B C",
            "A_B",
            "A-B",
            "=X",
            "A.",
            ".A",
        ),
        *("A..B", "BTC.2", "BTC\0", "B\tC", "B\nC", "B\\C", "\x1b[31mBTC", "BTC\x7f", "B\x85C"),
        *(
            "B\u200bC",
            "\u202eBTC",
            "B\u2066C",
            "B\u200dC",
            "\ufeffBTC",
            "BTC\u2028",
            "\x1fBTC",
            "BTC\x85",
            "B\xadC",
        ),
        *("\u0301\u0301", "5\u0301A", "\ue000BTC", "\ud800BTC", "\U000e0041BTC", "B\u034fC"),
        *("B\ufe0fC", "\u3164", "\u3164BTC", "\u115fA", "\uffa0A", "\U0001f680", "\u0661\u0662"),
        *("\xbd", "BTC\ufffd", "X" * (LONGEST + 1), "\ufdfa\ufdfa"),
    ],
)
def test_what_cannot_be_a_coin_is_none(text: str) -> None:
    assert coin_name(text) == market_base(text) == ""


@pytest.mark.parametrize("text", ["4", "00", "7203", "005930", " 4 ", "\uff14"])
def test_a_whole_number_is_a_name_only_as_the_base_of_a_market(text: str) -> None:
    assert coin_name(text) == ""
    assert market_base(text) == folded(text) != ""


@given(st.text(max_size=24))
def test_a_name_is_its_own_name(text: str) -> None:
    name = coin_name(text)
    assert coin_name(name) == name


@given(st.text(max_size=24))
def test_a_name_has_nothing_that_a_table_or_a_terminal_could_stumble_over(text: str) -> None:
    name = market_base(text)
    assert name.isprintable()
    assert not set(name) & set(" \\-/_,;|\"'")
    assert name.encode().decode() == name
