"""One set of writers for all numbers that people read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.wording import numbers


@pytest.mark.parametrize(
    ("exact", "currency", "shown"),
    [
        ("1234.5", "USD", "1,234.50 USD"),
        ("0.125", "USDT", "0.12 USDT"),
        ("-1234567.5", "EUR", "-1,234,567.50 EUR"),
        ("0.005", "USD", "0.005 USD"),
        ("-0", "USD", "0.00 USD"),
        ("1234.5", "JPY", "1,234 JPY"),
        ("0.25", "JPY", "0.25 JPY"),
        ("0.1234567890", "BTC", "0.12345679 BTC"),
        ("-0.00000000012345678951", "BTC", "-0.00000000012345679 BTC"),
        ("1E+3", "ETH", "1,000 ETH"),
        ("5", "", "5"),
    ],
)
def test_money_has_the_decimals_of_its_currency(exact: str, currency: str, shown: str) -> None:
    assert numbers.money(Decimal(exact), currency) == shown


@given(
    st.decimals(-10_000, 10_000, places=18, allow_nan=False), st.sampled_from(["USD", "JPY", "BTC"])
)
def test_an_amount_that_is_not_zero_is_never_shown_as_nothing(
    exact: Decimal, currency: str
) -> None:
    shown = Decimal(numbers.amount(exact, currency, sign=True).replace(",", ""))
    assert (shown > 0, shown < 0) == (exact > 0, exact < 0)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("5", "+5.00"), ("-5", "-5.00"), ("0", "0.00"), ("0.001", "+0.001"), ("1E-80", "0.00")],
)
def test_a_gain_carries_a_plus_where_it_is_asked_for(exact: str, shown: str) -> None:
    assert numbers.amount(Decimal(exact), "USD", sign=True) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.123"),
        (12345.6, "12,346"),
        (-0.0, "0"),
        (2.0, "2"),
        (1e-7, "< 0.000001"),
        (-1e-80, "> -0.000001"),
    ],
)
def test_what_was_measured_has_three_digits(value: float, shown: str) -> None:
    assert numbers.measure(value) == shown


def test_shares_are_percents() -> None:
    assert numbers.percent(0.1925) == "19.2 %"
    assert numbers.percent(-0.07, "") == "-7"
    assert numbers.whole_percent(Decimal("0.125")) == "12 %"
    assert numbers.whole_percent(-0.001, "") == "0"


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0 s"),
        (0.5, "30 s"),
        (0.999, "1 min"),
        (119.4, "119 min"),
        (119.9, "2 h"),
        (125, "2 h 5 min"),
        (1_439.9, "1 d"),
        (1_500, "1 d 1 h"),
        (3_000, "2 d 2 h"),
    ],
)
def test_a_span_has_its_two_largest_units(minutes: float, shown: str) -> None:
    assert numbers.span(minutes) == shown


def test_a_limit_keeps_every_digit() -> None:
    assert numbers.limit(12_345.678, " %") == "12,345.678 %"
    assert numbers.promised_span(22.5) == "22.5 min"
    assert numbers.promised_span(240) == "4 h"


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (5, "USD", "5.00 USD"),
        (5.005, "USD", "5.005 USD"),
        (10_000, "JPY", "10,000 JPY"),
        (0.001, "BTC", "0.001 BTC"),
        (1e12, "EUR", "1,000,000,000,000.00 EUR"),
    ],
)
def test_a_limit_in_money_is_written_like_the_money_it_limits(
    value: float, currency: str, shown: str
) -> None:
    assert numbers.limit_of_money(value, currency) == shown


def test_one_is_not_many() -> None:
    assert numbers.counted(1, "loss", "losses") == "1 loss"
    assert numbers.counted(0, "trade") == "0 trades"
    assert numbers.counted(1_234, "trade") == "1,234 trades"
    assert numbers.counted(1.5, "minute") == "1.5 minutes"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9.5e14, "950,000,000,000,000"), (1e15, "1.00e+15"), (-2.5e60, "-2.50e+60")],
)
def test_what_no_float_knows_to_the_last_place_is_written_short(value: float, shown: str) -> None:
    assert numbers.measure(value) == shown
