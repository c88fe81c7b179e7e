"""What each screen does: read, change, undo; by keys alone."""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import pytest

from coach import wiring
from coach.engine.api import imports, notes
from coach.engine.api.promises import revisions, rules
from coach.engine.api.reflection import reflect as reflections
from coach.settings.values import Settings
from coach.tui.app import SCREENS
from coach.tui.widgets.row_table import RowTable
from tests.integration.tui.conftest import PATIENCE_S, Driver, drive, statement

KEYS = (
    *("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "escape"),
    *"jkghlGfsSvptyrYNUn<>,.+-0x:/?zbLmeHADdcaiX",
    *("tab", "shift+tab", "space", "backspace", "ctrl+o", "ctrl+p", "ctrl+z"),
)
AMOUNT = re.compile(r"\d USD")
TOGETHER = 50
NOT_PRESSED = frozenset("xDAdbzcai")
"""Those that would leave the home of these tests otherwise than it was."""


def rule_views(settings: Settings) -> dict[str, tuple[object, bool]]:
    with wiring.open_session(settings) as session:
        return {one.rule.id: (one.rule.params, one.rule.active) for one in rules.rules(session)}


def test_a_rule_is_made_with_a_dry_run_and_unmade(traded: Settings) -> None:
    before = rule_views(traded)

    async def body(panel: Driver) -> None:
        await panel.press("n")
        await panel.type("holding_time_floor minutes_at_least=40")
        await panel.shows("caught", "of 90 entries")
        await panel.press("enter")
        await panel.shows("made holding_time_floor (z undoes it)")
        assert rule_views(traded).keys() - before.keys() == {"holding_time_floor"}
        await panel.press("z")
        await panel.shows("undone: made holding_time_floor")
        assert rule_views(traded) == before

    drive(traded, body, "rules")


def test_a_kind_that_nobody_knows_is_refused_while_it_is_typed(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("n")
        await panel.type("max_trades_per_dya limit=5")
        await panel.shows("did you mean max_trades_per_day?")
        await panel.press("escape")
        await panel.shows("max_trades_per_day", "cooldown_after_loss")

    drive(traded, body, "rules")


def test_an_edit_a_pause_and_a_removal_are_revisions_that_can_be_undone(traded: Settings) -> None:
    before = rule_views(traded)

    async def body(panel: Driver) -> None:
        await panel.press("e")
        await panel.press("end", "backspace")
        await panel.type("5")
        await panel.press("enter")
        await panel.shows("At most 5 new trades per day")
        await panel.press("x")
        await panel.shows("is paused")
        await panel.press("D")
        await panel.shows("removed max_trades_per_day")
        assert rule_views(traded).keys() == before.keys() - {"max_trades_per_day"}
        for _ in range(3):
            await panel.press("z")
            await panel.shows("undone:")
        await panel.until(lambda: rule_views(traded) == before)
        await panel.until(lambda: len(panel.app.panel.query_one(RowTable).source) == len(before))

    drive(traded, body, "rules")


def test_history_shows_what_each_revision_changed(traded: Settings) -> None:
    with wiring.open_session(traded) as session:
        rules.edit(session, "cooldown_after_loss", {"minutes": 45}, rules.Terms())

    async def body(panel: Driver) -> None:
        table = panel.app.panel.query_one(RowTable)
        rows = [table.source.row(place) for place in range(len(table.source))]
        [place] = [n for n, row in enumerate(rows) if row and row["id"] == "cooldown_after_loss"]
        table.move_to(place)
        await panel.press("H")
        await panel.shows("Revisions of cooldown_after_loss", "params.minutes: 30 → 45")
        await panel.press("escape")
        await panel.shows("minutes=30 → minutes=45")
        await panel.press("b")
        await panel.shows("within 30 min")

    drive(traded, body, "rules", (200, 30))
    with wiring.open_session(traded) as session:
        assert len(revisions.history(session, "cooldown_after_loss")) >= 3


def test_nothing_is_decided_where_nothing_is_proposed(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        for key in ("A", "d"):
            await panel.press(key)
            await panel.shows("nothing is proposed for this rule")

    drive(traded, body, "rules")


def test_a_question_about_a_rule_is_answered_and_taken_back(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        table = panel.app.panel.query_one(RowTable)
        rows = [table.source.row(place) for place in range(len(table.source))]
        asked = [place for place, row in enumerate(rows) if row and row.get("question")]
        if not asked:
            await panel.press("Y")
            await panel.shows("nothing is asked about this habit")
            return
        table.move_to(asked[0])
        await panel.press("N")
        await panel.shows(": no (z undoes it)")
        await panel.press("z")
        await panel.shows("undone:")

    drive(traded, body, "habits")


def test_a_drawer_of_a_habit_says_what_coach_why_says(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        row = panel.app.panel.query_one(RowTable).current
        assert row is not None
        await panel.press("enter")
        await panel.shows(f"{row['bias']} (")
        await panel.press("y")
        await panel.shows(f"copied: coach why {row['bias']}")

    drive(traded, body, "habits")


def test_weeks_are_gone_through_and_the_end_is_said(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.shows("Trading digest 2026-W13")
        await panel.press("less_than_sign")
        await panel.shows("Trading digest 2026-W12")
        await panel.press("y")
        await panel.shows("copied: coach digest --week 2026-W12")
        await panel.press("greater_than_sign")
        await panel.shows("Trading digest 2026-W13")

    drive(traded, body, "week")


def test_the_calendar_comes_into_sight_with_its_view_and_redrawing_loses_no_place(
    traded: Settings,
) -> None:
    async def body(panel: Driver) -> None:
        await panel.shows_not("Sun ")
        await panel.press("v")
        await panel.shows("Trades closed on each day; ! rule broken:", "Sun ", "weeks from Monday")
        await panel.press("p")
        await panel.shows("Trades closed on each day; ! rule broken:", "Sun ")
        await panel.press("p", "less_than_sign")
        await panel.shows("Trading digest 2026-W12")

    drive(traded, body, "week")


def test_the_next_step_of_a_week_is_a_key_away(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        assert panel.app.panel.area == "week"
        await panel.press("n")
        await panel.until(lambda: panel.app.panel.area != "week")

    drive(traded, body, "week")


def test_a_note_on_today_is_written_edited_removed_and_all_undone(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("m")
        await panel.type("slept badly")
        await panel.press("enter")
        await panel.shows("slept badly")
        await panel.press("e")
        await panel.type("slept well")
        await panel.press("enter")
        await panel.shows("slept well")
        await panel.press("D")
        await panel.shows("removed (z undoes it)")
        for text in ("slept well", "slept badly"):
            await panel.press("z")
            await panel.shows(text)
        await panel.press("z")
        await panel.shows("Nothing written yet")
        with wiring.open_session(traded) as session:
            assert list(notes.notes(session, notes.NoteFilter(), "UTC")) == []

    drive(traded, body, "reflect")


def test_a_question_is_answered_on_the_screen_and_the_next_one_follows_it(
    traded: Settings,
) -> None:
    async def body(panel: Driver) -> None:
        talk = panel.app.panel.query_one("#reflect-talk")
        for question in ("do I trade larger after a loss", "should I buy now"):
            await panel.press("a")
            await panel.reply("Your question", *question, "enter")
            await panel.shows(f"you: {question}")
        first_line = "you: should I buy now"
        await panel.until(lambda: panel.lines()[talk.region.y].strip() == first_line)
        assert talk.max_scroll_y > talk.scroll_y
        with wiring.open_session(traded) as session:
            first, second = reflections.newest(session, 2)
        assert (second.after, second.refused) == (first.id, True)
        assert panel.app.panel.command() == "coach reflect list"

    drive(traded, body, "reflect", (60, 20))


def test_a_slider_that_is_moved_back_asks_nothing(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("right", "right")
        await panel.shows("██")
        await panel.press("left", "left")
        await panel.press("y")
        await panel.shows("copied: coach simulate")
        await panel.until(lambda: "0 of 90" in panel.text())

    drive(traded, body, "what_if")


def test_a_file_is_shown_before_it_is_imported_and_undone_after(
    empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("\n".join(statement(8)) + "\nbroken,row\n")

    async def body(panel: Driver) -> None:
        await panel.press("i")
        await panel.type(str(file))
        await panel.press("enter")
        await panel.shows("mine.csv would bring", "fetched 17  new 16", "could not be read")
        await panel.press("escape")
        await panel.shows("Import 16 new fills into main?")
        with wiring.open_session(empty) as session:
            assert imports.all_runs(session) == []
        await panel.press("y")
        await panel.shows("main: 16 new, 0 known, 1 skipped (z undoes it)")
        await panel.press("2")
        await panel.shows("8 trades")
        await panel.press("z")
        await panel.shows("Nothing is here yet")

    drive(empty, body, "imports")


def test_a_key_file_that_is_not_there_is_named(traded: Settings, tmp_path: Path) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("c")
        await panel.press("c")
        await panel.type(str(tmp_path / "none.json"))
        await panel.press("enter")
        await panel.shows("cannot read the key file: No such file or directory")

    drive(traded, body, "imports", (120, 30))


def test_what_is_yours_is_written_into_a_new_folder(traded: Settings, tmp_path: Path) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("w")
        await panel.press("c")
        await panel.type(str(tmp_path / "mine"))
        await panel.press("enter")
        await panel.shows("exported 11 files into")
        await panel.press("w")
        await panel.press("c")
        await panel.type(str(tmp_path / "mine"))
        await panel.press("enter")
        await panel.shows("already")

    drive(traded, body, "imports", (160, 30))
    assert (tmp_path / "mine" / "manifest.json").is_file()


def test_jump_goes_to_what_its_letter_stands_over(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("ctrl+o")
        await panel.shows(" a Week")
        await panel.press("f")
        await panel.until(lambda: panel.app.panel.area == "rules")

    drive(traded, body, "week")


def test_the_palette_opens_a_screen_and_copies_a_command(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("colon")
        await panel.type("what-if")
        await panel.press("enter")
        await panel.until(lambda: panel.app.panel.area == "what_if")
        await panel.press("ctrl+p")
        await panel.type("rules breaches")
        await panel.press("enter")
        await panel.shows("copied: coach rules breaches")

    drive(traded, body, "week")


def test_no_screen_shows_an_amount_in_private(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("p")
        for place in range(len(SCREENS)):
            await panel.press(str(place + 1))
            bare = [line for line in panel.lines() if AMOUNT.search(line)]
            assert bare == []

    drive(traded, body, "trades", (160, 60))


@pytest.mark.parametrize("screen", SCREENS)
def test_random_keys_end_no_screen(screen: str, traded: Settings) -> None:
    hammered(traded, screen, [one for one in KEYS if one not in NOT_PRESSED], 100)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
@pytest.mark.parametrize("screen", SCREENS)
def test_ten_thousand_random_keys_end_no_screen(screen: str, part: int, own: Settings) -> None:
    hammered(own, screen, KEYS, 1_000, part)


def hammered(
    settings: Settings, screen: str, keys: Sequence[str], count: int, part: int = 0
) -> None:
    """Press so many keys, by a seed for each screen, which is opened again now and then."""
    dice = random.Random(f"{screen} {part}")

    async def body(panel: Driver) -> None:
        for _ in range(count // TOGETHER):
            await panel.hammer(dice.choices(keys, k=TOGETHER))
            await alone(panel)
            panel.app.open_named(screen)
            assert panel.app.failure is None
        await panel.settle()
        assert len(panel.lines()) == 24

    drive(settings, body, screen)


async def alone(panel: Driver) -> None:
    """Leave every prompt."""
    end = monotonic() + PATIENCE_S
    while len(panel.app.screen_stack) > 1:
        assert monotonic() < end, panel.app.screen_stack
        await panel.hammer(["escape"])
