"""Plain values as a person reads them."""

import pytest

from coach.advice.readable import readable
from coach.model.events import Json
from coach.views.table import Column, Kind


@pytest.mark.parametrize(
    ("kind", "value", "quote", "shown"),
    [
        ("money", "12.345", "USD", "+12.34"),
        ("money", "-1234567.5", "EUR", "-1,234,567.50"),
        ("money", "0", "USD", "0.00"),
        ("money", "0.004", "USD", "+0.004"),
        ("money", "0.123456789", "BTC", "+0.12345679"),
        ("money", "1" + "0" * 39, "USD", "+1" + ",000" * 13 + ".00"),
        ("fee", "1.5", "USDT", "1.50"),
        ("fee", "-0.25", "USD", "-0.25"),
        ("number", "0.000000001", "USD", "0.000000001"),
        ("number", "5", "USD", "5"),
        ("statistic", 0.123456, "", "0.123"),
        ("statistic", [0.5, 1.25], "", "0.5 .. 1.25"),
        ("duration", 59, "", "59 s"),
        ("duration", 3_599, "", "60 min"),
        ("duration", 7_260, "", "2 h 1 min"),
        ("duration", 180_000.5, "", "2 d 2 h"),
        ("time", "2026-07-01T22:30:00Z", "", "2026-07-02 00:30"),
        ("date", "2026-07-01T22:30:00Z", "", "2026-07-02"),
        ("text", False, "", "no"),
        ("key", "0123456789abcdef", "", "01234567"),
        ("text", ["revenge", "tilt"], "", "revenge, tilt"),
        ("text", {"ratio": 2.5, "why": None}, "", "ratio 2.5, why "),
        ("text", None, "", "-"),
        ("money", None, "USD", "-"),
    ],
)
def test_a_value_reads_well(kind: Kind, value: Json, quote: str, shown: str) -> None:
    row = {"it": value, "quote": quote}
    assert readable(Column("it", "it", kind), row, "Europe/Berlin") == shown


def test_a_statement_cannot_move_the_cursor() -> None:
    row: dict[str, Json] = {"it": "\x1b[2J\x07"}
    assert readable(Column("it", "it"), row, "UTC") == "\\x1b[2J\\x07"
