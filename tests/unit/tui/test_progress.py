"""How far an import is."""

import pytest

from coach.tui.widgets.progress_line import progress_text


@pytest.mark.parametrize(
    ("rows", "of", "text"),
    [
        (0, 1_000, "importing: ···················· 0 of 1,000 rows read, 0%"),
        (500, 1_000, "importing: ██████████·········· 500 of 1,000 rows read, 50%"),
        (1_200, 1_000, "importing: ████████████████████ 1,200 of 1,000 rows read, 100%"),
        (12_000, None, "importing: 12,000 rows read"),
    ],
)
def test_a_bar_shows_how_far_an_import_is(rows: int, of: int | None, text: str) -> None:
    assert progress_text(rows, of) == text
