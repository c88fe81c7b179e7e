"""Values as JSON carries them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from coach.model.plain import amount, plain, time_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+3", "1000"),
        ("1E-18", "0.000000000000000001"),
        ("1.50", "1.5"),
        ("100", "100"),
        ("-0.00", "0"),
        ("0E-8", "0"),
        ("-12.340", "-12.34"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
    ],
)
def test_an_amount_has_no_exponent_and_no_trailing_zeros(value: str, text: str) -> None:
    assert amount(Decimal(value)) == text


def test_a_time_is_utc_with_z() -> None:
    there = datetime(2026, 4, 1, 11, tzinfo=timezone(timedelta(hours=2)))
    assert time_text(there) == "2026-04-01T09:00:00Z"


def test_a_fraction_of_a_second_is_kept() -> None:
    assert time_text(datetime(2026, 4, 1, 9, 0, 0, 120_000, UTC)) == "2026-04-01T09:00:00.12Z"


def test_a_day_is_a_day_and_no_time() -> None:
    assert plain({"week": date(2026, 3, 30)}) == {"week": "2026-03-30"}


def test_keys_are_hex_and_what_is_inside_is_plain_too() -> None:
    assert plain({"fills": (b"\x01\xff",), "net": Decimal("1.0")}) == {
        "fills": ["01ff"],
        "net": "1",
    }


def test_what_json_cannot_carry_is_no_answer() -> None:
    with pytest.raises(TypeError):
        plain({"a", "set"})
