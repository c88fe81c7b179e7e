"""The keys are data: every action has a method, the user's own take the place of the shipped."""

import sys
from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.tui.app import PANELS, CoachApp
from coach.tui.keys.keymap import OWN_FILE, Keymap, load_keymap, shown_key
from coach.tui.keys.owner import KeyOwner
from coach.tui.prompts.backups import BackupsPage
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt
from coach.tui.prompts.palette import Palette
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.lines_view import LinesView
from coach.tui.widgets.row_table import RowTable

ROOT = Path(__file__).parents[3]
OWNERS: tuple[type[KeyOwner], ...] = (
    *(CoachApp, RowTable, LinesView, Drawer, LinePrompt, ChoicePrompt, BackupsPage, Palette),
    *PANELS,
)


@pytest.fixture
def shipped(tmp_path: Path) -> Keymap:
    return load_keymap(tmp_path)


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
def test_every_action_of_an_area_has_a_method_and_the_other_way(
    owner: type[KeyOwner], shipped: Keymap
) -> None:
    screens = {kind.area for kind in PANELS} if owner is CoachApp else set()
    named = {one.action for one in shipped.of(owner.area)}
    assert named == owner.actions().keys() | screens


def test_every_area_belongs_to_somebody(shipped: Keymap) -> None:
    areas = {owner.area for owner in OWNERS}
    assert {one.area for one in shipped.bindings} <= areas


def test_no_key_of_an_area_means_two_things(shipped: Keymap) -> None:
    for area in {one.area for one in shipped.bindings}:
        keys = [key for one in shipped.of(area) for key in one.keys]
        assert len(keys) == len(set(keys))


def test_the_innermost_area_decides(shipped: Keymap) -> None:
    found = shipped.find("escape", ["drawer", "trades", "app"])
    assert found is not None
    assert (found.area, found.action) == ("drawer", "close")
    assert shipped.find("x", ["drawer", "app"]) is None


def test_own_keys_take_the_place_of_all_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_text('[app]\nhelp = "f2"\n[trades]\nnote = ["+", "w"]\n')
    keymap = load_keymap(tmp_path)
    assert keymap.named("app", "help").keys == ("f2",)
    assert keymap.named("trades", "note").keys == ("plus", "w")
    assert keymap.named("trades", "note").shown == "+"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('[ap]\nhelp = "h"', "[ap] is unknown", "did you mean app?"),
        ('[app]\nhlep = "h"', "[app] hlep is unknown", "did you mean help?"),
        ('[app]\nzzz = "h"', "[app] zzz is unknown", "there are again"),
        ("[app]\nhelp = 3", "[app] help is 3, not a key or a list of keys", "write it as"),
        ('[app]\nhelp = "q"', "[app] q is both help and leave", "give one of them another key"),
        ("[app", "Expected", "correct"),
    ],
)
def test_own_keys_that_make_no_sense_are_refused(
    text: str, what: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / OWN_FILE).write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_keymap(tmp_path)
    assert what in str(refused.value)
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("key", "shown"), [("question_mark", "?"), ("ctrl+p", "^P"), ("G", "G"), ("pagedown", "PgDn")]
)
def test_a_key_is_shown_as_it_is_written_on_it(key: str, shown: str) -> None:
    assert shown_key(key) == shown


def test_the_page_has_the_table_of_keys() -> None:
    """Written by `.ci/tui_keys.py`."""
    sys.path.insert(0, str(ROOT / ".ci"))
    try:
        import tui_keys  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    text = (ROOT / "docs" / "tui.md").read_text()
    assert tui_keys.page(text) == text
