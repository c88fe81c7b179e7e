"""Draws docs/pictures: screens of the panel over a made-up trader, as the program exports them.

    python .ci/tui_pictures.py [FOLDER]

The trader's fills are those of the tests, at fixed times; a test draws them again and compares.
"""

import asyncio
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from coach import wiring  # noqa: E402 -- the tests are no package of the path
from coach.engine.postgres import embedded  # noqa: E402
from coach.model.machine.panel import PanelRequest  # noqa: E402
from coach.settings import reading  # noqa: E402
from coach.tui.app import CoachApp  # noqa: E402
from coach.tui.keys.keymap import load_keymap  # noqa: E402
from tests.integration.tui.conftest import Driver, bring, promise, statement  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.settings.values import Settings

FONTS = re.compile(r"@font-face\s*{[^}]*}|<!--.*?-->", re.DOTALL)
"""Textual names a font on a server of others; a picture of ours asks nobody."""
FOLDER = ROOT / "docs" / "pictures"
SIZES = {"week": (120, 40), "trades": (80, 24), "habits": (120, 30), "rules": (80, 24)}
THEMES = {"week": "coach-dark", "trades": "coach-light", "habits": "coach-dark"}
KEYS: dict[str, tuple[str, ...]] = {"trades": ("f",), "rules": ()}


async def draw(settings: "Settings", screen: str, theme: str = "") -> str:
    """Return a screen as SVG."""
    app = CoachApp(settings, load_keymap(settings.home.config), PanelRequest(screen))
    async with app.run_test(size=SIZES[screen]) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        app.theme = theme or THEMES.get(screen, "coach-dark")
        await driver.press(*KEYS.get(screen, ()))
        await driver.pilot.pause(0.5)
        await driver.settle()
        svg = app.export_screenshot(title=f"coach tui {screen}", simplify=True)
    svg = FONTS.sub("", svg).replace("Fira Code, monospace", "monospace")
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


@contextmanager
def home() -> "Iterator[Settings]":
    """Make the trader's home in a throw-away folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = reading.read({"COACH_HOME": str(folder / "home")}, {})
        place = embedded.DatabaseHome(settings.home.data, throwaway=True)
        settings.home.data.mkdir(parents=True)
        url = embedded.ensure_running(place)
        try:
            settings = replace(settings, database_url=url)
            bring(settings, folder, statement())
            with wiring.start(settings) as session:
                promise(session)
            yield settings
        finally:
            embedded.discard(place)


def main() -> None:
    """Draw every picture."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with home() as settings:
        for screen in SIZES:
            svg = asyncio.run(draw(settings, screen))
            (folder / f"tui-{screen}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
