"""The pictures of the pages are what the program shows; `.ci/tui_pictures.py` draws them."""

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from coach.settings.values import Settings

ROOT = Path(__file__).parents[3]
SCREENS = ("week", "trades", "habits", "rules")


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tui_pictures", ROOT / ".ci/tui_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_drawn(pictures: ModuleType) -> None:
    assert tuple(pictures.SIZES) == SCREENS
    drawn = {path.name for path in (ROOT / "docs/pictures").glob("tui-*.svg")}
    assert drawn == {f"tui-{screen}.svg" for screen in SCREENS}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_picture_is_what_the_program_shows(
    screen: str, pictures: ModuleType, traded: Settings
) -> None:
    kept = (ROOT / "docs/pictures" / f"tui-{screen}.svg").read_text()
    assert asyncio.run(pictures.draw(traded, screen)) == kept
    assert "http" not in kept.replace("http://www.w3.org/2000/svg", "")
