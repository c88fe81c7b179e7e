"""What a server says is read without trust: numbers, waits and words have their limits."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.net.parsing import LONGEST_WAIT_S, parse_json, printable, retry_after

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Sun, 15 Mar 2026 12:00:09 GMT", 9.0),
        ("Sun, 15 Mar 2026 11:00:00 GMT", 0.0),
        ("1773576004", 4.0),
        ("99999999999999", LONGEST_WAIT_S),
        ("99999", LONGEST_WAIT_S),
        ("Wed, 21 Oct 99999999999999 07:28:00 GMT", None),
        ("Wed, 21 Oct 9999 07:28:00 GMT", LONGEST_WAIT_S),
        ("Wed, 21 Oct 2026 07:28:00 +999999", None),
        ("9" * 5_000, None),
        ("-5", None),
        ("-0.5", None),
        ("1e999", None),
        ("inf", None),
        ("\u00b2", None),
        ("\u0663", None),
        ("", None),
        ("soon", None),
    ],
)
def test_a_wait_is_a_number_or_a_date_within_a_day(value: str, wait_s: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == wait_s


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_no_header_breaks_the_reading_of_a_wait(value: str) -> None:
    wait_s = retry_after({"retry-after": value}, NOW)
    assert wait_s is None or 0 <= wait_s <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    "number", ["1e9999999999999999999", "-1E+99999999999999999999", "1e-" + "9" * 30]
)
def test_a_number_beyond_all_numbers_spoils_itself_and_not_the_answer(number: str) -> None:
    found = parse_json(f'{{"price": {number}, "size": 1.50}}'.encode())
    assert isinstance(found, dict)
    assert isinstance(found["price"], Decimal)
    assert found["price"].is_nan()
    assert found["size"] == Decimal("1.50")


@pytest.mark.parametrize("digits", [61, 5_000, 1_000_000])
def test_a_number_of_very_many_digits_is_none(digits: int) -> None:
    for text in ("9" * digits, "0." + "9" * digits):
        found = parse_json(f"[{text}]".encode())
        assert isinstance(found, list)
        assert isinstance(found[0], Decimal)
        assert found[0].is_nan()


def test_sixty_digits_stay_exact() -> None:
    found = parse_json(b"[0.12345678901234567890123456789012345678901234567890, 7]")
    assert found == [Decimal("0.12345678901234567890123456789012345678901234567890"), 7]


@pytest.mark.parametrize(
    "body", [b"", b"5", b'"x"', b"NaN", b"[Infinity]", b"[" * 100_000, b"\xff"]
)
def test_what_is_neither_object_nor_array_is_none(body: bytes) -> None:
    assert parse_json(body) is None


def test_words_lose_what_neither_a_terminal_nor_a_database_takes() -> None:
    assert printable("a\0b\x1b[2J\ud800c" + "d" * 100, 20) == "a b [2J c" + "d" * 11
