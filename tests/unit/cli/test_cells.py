"""JSON values as cells of TSV."""

import pytest

from coach.advice.cells import cell, is_number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (12, "12"),
        (0.25, "0.25"),
        (["a", "b"], "a,b"),
        ({"limit": 5}, '{"limit":5}'),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("back\\slash", "back\\\\slash"),
        ("bell\x07 \x1b[31m", "bell\\x07 \\x1b[31m"),
    ],
)
def test_a_cell_never_breaks_its_line(value: None, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize("text", ["=1+1", "@cmd", "+cmd", "-cmd|x"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert cell(text) == f"\\{text}"


@pytest.mark.parametrize("text", ["-12.5", "0", "-0.1"])
def test_a_negative_number_stays_one(text: str) -> None:
    assert cell(text) == text
    assert is_number(text)
