"""Numbers as people type them."""

from decimal import Decimal

import pytest

from coach.model.numbers import typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", "10"), (" 0.50 ", "0.50"), (".5", "0.5"), ("-2.", "-2"), ("+1e3", "1E+3")],
)
def test_a_plain_number_is_read_to_its_last_digit(text: str, number: str) -> None:
    assert str(typed_number(text)) == str(Decimal(number))


@pytest.mark.parametrize(
    "text",
    ["", ".", "1_0", "\uff11", "\u0661", "1,5", "0x10", "nan", "inf", "1 0", "1e", "9" * 401],
)
def test_what_is_written_otherwise_is_no_number(text: str) -> None:
    assert typed_number(text) is None
