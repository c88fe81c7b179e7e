"""Writes tests/integration/tui/states: a dozen states of the panel in every theme, as text.

    python .ci/tui_states.py [FOLDER]

With a folder it also draws each state there as a picture, to be looked at.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tui_pictures import ROOT, home

from coach.tui.themes import THEMES
from tests.integration.tui.conftest import Driver, drive
from tests.integration.tui.states.walk import STEPS, as_file, walk

FOLDER = ROOT / "tests" / "integration" / "tui" / "states"


async def draw(panel: Driver, folder: Path) -> None:
    """Draw every state in every theme."""
    for name, step in STEPS.items():
        await step(panel)
        for theme in THEMES:
            panel.app.theme = theme.name
            await panel.pilot.pause()
            file = folder / f"{theme.name}-{name.replace(', ', '-').replace(' ', '-')}.svg"
            await asyncio.to_thread(file.write_text, panel.app.export_screenshot(simplify=True))


def main() -> None:
    """Write the states of every theme."""

    async def body(panel: Driver) -> None:
        for theme, states in (await walk(panel)).items():
            (FOLDER / f"{theme}.txt").write_text(as_file(states), encoding="utf-8")

    async def pictures(panel: Driver) -> None:
        await draw(panel, Path(sys.argv[1]))

    with home() as settings:
        drive(settings, body, "week")
        if len(sys.argv) > 1:
            Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
            drive(settings, pictures, "week")


if __name__ == "__main__":
    main()
