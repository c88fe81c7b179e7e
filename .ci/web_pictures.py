"""Draw the pictures of the browser client: `web_pictures.py URL`, of a server over the demo's home.

    coach demo && COACH_HOME=DEMO coach serve, with the home that the demo names
    .venv/bin/python .ci/web_pictures.py http://127.0.0.1:8321

Each is looked at by whoever draws it: that none lies beside its window, and that it can be read.
"""

import sys
import tempfile
from pathlib import Path
from shutil import which

from playwright.sync_api import Page, sync_playwright

from coach.settings import process_environment

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WIDE, PHONE = (1280, 800), (360, 780)
PICTURES = (("web-week", "/week", WIDE), ("web-phone", "/habits", PHONE))
THEMES = ("light", "dark")


def draw(page: Page, path: str, file: Path) -> None:
    """Keep a picture of a screen once nothing of it is on its way."""
    page.goto(path)
    page.locator('.live[data-state="live"]').wait_for()
    page.locator("main h1").wait_for()
    page.wait_for_function("() => !document.querySelector('.state.waiting, [aria-busy=true]')")
    page.screenshot(path=file)


def main(url: str) -> None:
    """Draw each picture in both themes; the browser writes nothing into anybody's home."""
    with tempfile.TemporaryDirectory() as own, sync_playwright() as playwright:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), own)
        browser = playwright.chromium.launch(
            executable_path=which("chromium"),
            args=["--no-sandbox"],
            env={**process_environment(), **places},
        )
        for name, path, (width, height) in PICTURES:
            for theme in THEMES:
                page = browser.new_page(
                    base_url=url,
                    viewport={"width": width, "height": height},
                    color_scheme=theme,  # type: ignore[arg-type] # light or dark
                    reduced_motion="reduce",
                )
                draw(page, path, FOLDER / f"{name}-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
