"""Numbers are rounded once and half to even, and never in the pack."""

from decimal import Decimal

import pytest

from coach.engine.digest import figures
from coach.model.insights import Fact


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "USD", "1,234.50 USD"),
        ("0.125", "USDT", "0.12 USDT"),
        ("0.135", "EUR", "0.14 EUR"),
        ("-0.004", "USD", "-0.004 USD"),
        ("-0", "USD", "0.00 USD"),
        ("0.1234567890", "BTC", "0.12345679 BTC"),
        ("0.00012000", "BTC", "0.00012 BTC"),
        ("1E+3", "ETH", "1,000 ETH"),
        ("0E-18", "ETH", "0 ETH"),
        ("-0.00000000012345678951", "BTC", "-0.00000000012345679 BTC"),
        (
            "123456789012345678901234567890.126",
            "USD",
            "123,456,789,012,345,678,901,234,567,890.13 USD",
        ),
    ],
)
def test_money_is_written_as_its_currency_is(amount: str, currency: str, shown: str) -> None:
    assert figures.amount(Decimal(amount), currency, "e1")["shown"] == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("5", "+5.00 USD"), ("-5", "-5.00 USD"), ("0.001", "+0.001 USD"), ("0", "0.00 USD")],
)
def test_a_result_has_its_sign_unless_it_is_nothing(amount: str, shown: str) -> None:
    assert figures.result(Decimal(amount), "USD", "e1")["shown"] == shown


def test_the_pack_keeps_every_digit_that_is_not_shown() -> None:
    assert figures.amount(Decimal("0.12345678901234567800"), "USD", "e1")["value"] == (
        "0.123456789012345678"
    )


def test_a_range_of_money_names_its_currency_once() -> None:
    told = figures.between(Decimal("-1.5"), Decimal("20.255"), "USD", "e1")
    assert told["shown"] == "-1.50 and 20.26 USD"
    assert told["value"] == "-1.5..20.255"


def test_one_is_not_many() -> None:
    assert figures.count(1, "entry", "e1", "entries")["shown"] == "1 entry"
    assert figures.count(2, "entry", "e1", "entries")["shown"] == "2 entries"
    assert figures.count(0, "trade", "e1")["shown"] == "0 trades"


@pytest.mark.parametrize(
    ("fact", "written"),
    [
        (None, "unknown"),
        (True, "yes"),
        (False, "no"),
        (46, "46"),
        (2.5, "2.5"),
        (2.0, "2"),
        (1e-07, "0.0000001"),
        ("USD", "USD"),
    ],
)
def test_a_fact_has_no_binary_fraction(fact: Fact, written: str) -> None:
    assert figures.stated(fact) == written
