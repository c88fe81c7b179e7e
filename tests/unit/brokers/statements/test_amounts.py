"""Numbers as statements print them: exact, or refused."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.statements.amounts import Mark, above_zero, money, number
from coach.brokers.statements.mapping.figures import figure
from coach.brokers.statements.unreadable import Unreadable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.00166779", "0.00166779"),
        ("39999.331136545", "39999.331136545"),
        ("-3.605E-05", "-0.00003605"),
        ("2.7535e-7", "0.00000027535"),
        ("1.0e-08", "0.00000001"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("2,500.0000000000", "2500"),
        ("1,234", "1234"),
        ("1.234,56", "1234.56"),
        ("0,05", "0.05"),
        ("1 234,5", "1234.5"),
        ("1'234.50", "1234.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+7", "7"),
        ("\u22127", "-7"),
        ("-0", "0"),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    assert number(text, 0) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "NaN", "Infinity", "-inf", "1_000", "1.2.3", "1,23,456", "1,2345.6", "--5"),
        *("12,34.5,6", "5 EUR", "0x10", "1e", "1e999999", "1e-999", "9" * 65, "٣", "1.234.56"),
        *("1,234.567.8", "1e30", "1.5 6", "1,23,456.7"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="expected a number"):
        number(text, 0)


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1,234", "comma", "1.234"),
        ("1,234", "dot", "1234"),
        ("1.234", "dot", "1.234"),
        ("1.234", "strict", "1.234"),
        ("0.123", "comma", "0.123"),
        ("1234.567", "comma", "1234.567"),
        ("1,5", "strict", "1.5"),
    ],
)
def test_a_lone_separator_means_what_the_file_says(text: str, mark: Mark, value: str) -> None:
    assert number(text, 0, mark) == Decimal(value)


@pytest.mark.parametrize(("text", "mark"), [("1,234", "strict"), ("1.234", "comma")])
def test_a_number_that_can_mean_two_is_not_guessed(text: str, mark: Mark) -> None:
    with pytest.raises(Unreadable, match="clear decimal sign"):
        number(text, 0, mark)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€3343.11", "3343.11"),
        ("-€15.75", "-15.75"),
        ("€-15.75", "-15.75"),
        ("Kč16233.43", "16233.43"),
        ("$1,234.5", "1234.5"),
        ("CA$2.50", "2.50"),
        ("1.234,56 €", "1234.56"),
        ("500 kr.", "500"),
        ("Rs.500", "500"),
        ("(12.50)", "-12.50"),
        ("($12.50)", "-12.50"),
        ("\ufffd4.85", "4.85"),
        ("-\ufffd0.00355", "-0.00355"),
        ("4.85", "4.85"),
        ("70 EUR", "70"),
    ],
)
def test_money_may_carry_its_currency_on_either_side(text: str, value: str) -> None:
    assert money(text, 0) == Decimal(value)


def test_an_empty_amount_is_none_and_not_zero() -> None:
    assert money("  ", 0) is None


@pytest.mark.parametrize("text", ["(5", "5)", "--€5", "-€-5", "€", "NaN", "$5 5", "1.2.3 €"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        money(text, 0)


@given(st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=10))
def test_a_decimal_survives_printing_and_reading(value: Decimal) -> None:
    assert number(f"{value:f}", 0) == value
    assert number(f"{value:,f}", 0) == value


@given(st.text(max_size=80))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    for read in (number, money):
        for mark in get_args(Mark):
            try:
                value = read(text, 0, mark)
            except Unreadable:
                continue
            assert value is None or value.is_finite()


def test_a_reason_shows_at_most_forty_characters_of_the_cell() -> None:
    with pytest.raises(Unreadable) as trouble:
        number("secret" * 50, 0)
    assert len(trouble.value.reason) < 70


def test_zero_and_less_are_no_quantity() -> None:
    for value in ("0", "0.00", "-1"):
        with pytest.raises(Unreadable, match="expected a quantity above zero"):
            above_zero(Decimal(value), 0, "quantity")


@given(
    st.from_regex(r"\A-?[0-9]{1,26}(\.[0-9]{1,32})?\Z", fullmatch=True),
    st.sampled_from(["dot", "strict"]),
)
def test_a_plain_figure_is_read_as_one_that_is_not(figure: str, mark: Mark) -> None:
    """A blank before it takes a figure off the short way."""
    assert told(figure, mark) == told(f" {figure}", mark)


def told(text: str, mark: Mark) -> Decimal | None:
    try:
        return number(text, 0, mark)
    except Unreadable:
        return None


@pytest.mark.parametrize(
    "text",
    [
        *("1.5K", "-2M", "(2M)", "$1.5M", "1.5M EUR", "12%", "%12", "3 Mio.", "2 BN"),
        *("1.5\u4e07", "1.5 million", "10\u2030"),
    ],
)
def test_an_amount_in_thousands_or_percent_is_refused(text: str) -> None:
    for read in (money, figure):
        with pytest.raises(Unreadable):
            read(text, 0, "strict")


def test_a_coin_that_is_called_like_a_magnitude_may_stand_behind_its_amount() -> None:
    assert figure("1.5M", 0, "strict", ("M", "USD")) == (Decimal("1.5"), "M")


def test_what_left_keeps_every_digit() -> None:
    amount = Decimal("-123456789012.123456789012345678")
    assert figure(f"{amount}", 0, "dot") == (amount, "")
    assert figure(f"{amount}".replace("-", "\u2212"), 0, "strict") == (amount, "")
    assert money(f"({amount.copy_abs()})", 0) == amount
    assert figure(f"({amount.copy_abs()})", 0, "strict") == (amount, "")


def test_a_figure_with_an_exponent_is_read_whole() -> None:
    assert figure("1.0E7", 0, "strict") == (Decimal(10_000_000), "")
    with pytest.raises(Unreadable):
        figure("1e25", 0, "strict")
