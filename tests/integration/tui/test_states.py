"""A dozen states look in every theme as they are kept; `.ci/tui_states.py` writes them anew."""

from difflib import unified_diff
from pathlib import Path

import pytest

from coach.settings.values import Settings
from coach.tui.themes import THEMES
from tests.integration.tui.conftest import Driver, drive
from tests.integration.tui.states.cells import drawn_lines
from tests.integration.tui.states.walk import STEPS, states_in, walk

FOLDER = Path(__file__).parent / "states"
NAMES = [one.name for one in THEMES]


@pytest.fixture(scope="module")
def drawn(traded: Settings) -> dict[str, dict[str, str]]:
    """Return every state as it is drawn, by theme; one walk for all."""
    found: dict[str, dict[str, str]] = {}

    async def body(panel: Driver) -> None:
        found.update(await walk(panel))

    drive(traded, body, "week")
    return found


@pytest.mark.parametrize("theme", NAMES)
def test_every_state_looks_as_it_is_kept(theme: str, drawn: dict[str, dict[str, str]]) -> None:
    kept = dict(states_in((FOLDER / f"{theme}.txt").read_text(encoding="utf-8")))
    assert kept.keys() == STEPS.keys()
    for name, text in drawn[theme].items():
        changed = [*unified_diff(kept[name].splitlines(), text.splitlines(), "kept", "drawn")]
        assert changed == [], f"{theme}, {name}:\n" + "\n".join(changed)


def test_themes_differ_in_style_and_in_nothing_else(drawn: dict[str, dict[str, str]]) -> None:
    assert len({tuple(states.values()) for states in drawn.values()}) == len(NAMES)
    # With 16 colours nothing shines through a prompt: what lies behind is blank.
    mixed = [one.name for one in THEMES if not one.ansi]
    for name in STEPS:
        texts = [drawn[theme][name] for theme in mixed]
        assert len({tuple(drawn_lines(text)) for text in texts}) == 1, name
