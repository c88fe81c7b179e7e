"""Every theme can be read: text, gains and losses stand out from what is behind them."""

import pytest
from textual.color import Color
from textual.theme import Theme

from coach.tui.themes import THEMES

READABLE = 4.5
"""The ratio that WCAG 2 asks of text (level AA)."""
STRONG = 7.0
WITH_COLORS = [one for one in THEMES if not one.ansi]


def ratio(front: str | None, back: str | None) -> float:
    assert front is not None
    assert back is not None
    lights = sorted(luminance(Color.parse(one)) for one in (front, back))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(color: Color) -> float:
    parts = [one / 255 for one in color.rgb]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", WITH_COLORS, ids=lambda theme: theme.name)
def test_text_stands_out(theme: Theme) -> None:
    least = STRONG if theme.name == "coach-contrast" else READABLE
    for back in (theme.background, theme.surface):
        for front in (theme.foreground, theme.success, theme.error, theme.warning, theme.accent):
            assert ratio(front, back) >= least
    assert ratio(theme.variables["cursor-text"], theme.variables["cursor-back"]) >= least


def test_there_is_one_for_every_eye() -> None:
    names = {one.name.removeprefix("coach-") for one in THEMES}
    assert names == {"dark", "light", "contrast", "deuteranopia", "tritanopia", "16"}
