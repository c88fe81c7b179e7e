"""The check of the second law sees a number that nobody computed."""

import pytest

from tests.numerals import numerals, unsupported


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("won 8 of 14 [e2]", {"8", "14"}),
        ("-4.10 USD, +12.35 USD", {"-4.10", "+12.35"}),
        ("2026-03-30 17:31", {"2026-03-30", "17:31"}),
        ("2026-W14 and e3", {"2026"}),
        ("31 % (15 to 54).", {"31", "15", "54"}),
        ("1,234.5 trades", {"1,234.5"}),
        ("ab12cd, 1INCH-USD, revenge@1", {"1"}),
        ("2026-03-30T00:00:00Z", set()),
        ("x-4 and 5x", set()),
        ("none", set()),
    ],
)
def test_numerals_are_told_from_names(text: str, found: set[str]) -> None:
    assert numerals(text) == found


def test_an_invented_number_is_caught() -> None:
    pack = {"figures": [{"shown": "14 trades"}, {"shown": "-4.10 USD"}], "version": 1}
    assert unsupported("14 trades at -4.10 USD, version 1", pack) == []
    assert unsupported("15 trades at 4.10 USD", pack) == ["15", "4.10"]


def test_a_date_is_supported_whole_or_not_at_all() -> None:
    assert unsupported("2026-03-31", {"a": "2026", "b": "03", "c": "31"}) == ["2026-03-31"]


def test_the_keys_of_a_pack_support_nothing() -> None:
    assert unsupported("14", {"14": "fourteen"}) == ["14"]
