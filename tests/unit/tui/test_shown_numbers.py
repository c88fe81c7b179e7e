"""What the comparison of screens with --json takes for the same number, and what not."""

import pytest

from tests.integration.tui.shown_numbers import unexplained

DATA = {"effect": 0.92812, "since_s": 1_560, "net": "-1234.5", "at": "2026-03-04T09:10:11Z"}


@pytest.mark.parametrize("text", ["92.8 %", "26 min", "-1,234.50", "2026-03-04 09:10", "0.928"])
def test_a_number_is_known_as_it_is_shown(text: str) -> None:
    assert unexplained(text, DATA) == []


@pytest.mark.parametrize("text", ["93.8", "27", "1,243.50", "2026-03-05", "09:11", "0.982"])
def test_another_number_is_named(text: str) -> None:
    assert unexplained(text, DATA) == [text]
