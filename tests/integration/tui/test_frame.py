"""The frame around the screens: keys, help, what is said, states, events of other processes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.engine.api import notes
from coach.engine.store.connect import connect
from coach.engine.store.migrate import HEAD
from coach.errors import ConfigError
from coach.settings.values import Settings
from coach.tui.app import SCREENS
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.widgets.row_table import RowTable
from tests.integration.tui.conftest import Driver, bring, drive, statement, with_session

if TYPE_CHECKING:
    from coach.views.table import Row


def test_an_empty_home_says_where_to_start(empty: Settings) -> None:
    async def body(panel: Driver) -> None:
        for place in range(len(SCREENS)):
            await panel.press(str(place + 1))
            assert any(panel.lines()[1:-1])
        await panel.press("2")
        assert "Nothing is here yet" in panel.text()

    drive(empty, body)


def test_help_is_made_from_the_table_of_keys(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("question_mark")
        await panel.shows("Keys: Trades first", "Everywhere:")
        seen = set[str]()
        for _ in range(12):
            seen |= set(panel.text().splitlines())
            await panel.pilot.press("pagedown")
            await panel.pilot.pause()
        shown = "\n".join(seen)
        assert all(one.help in shown for one in panel.app.desk.keymap.bindings)
        await panel.press("escape")
        await panel.shows_not("Everywhere:")

    drive(traded, body, "trades", (120, 40))


def test_a_key_that_does_nothing_says_where_keys_are_listed(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("x")
        await panel.shows("x does nothing here; ? lists the keys")
        await panel.press("j")
        await panel.shows_not("does nothing here")

    drive(traded, body, "trades")


def test_the_footer_fits_every_width(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        for width, height in ((60, 20), (80, 24), (120, 40)):
            await panel.pilot.resize_terminal(width, height)
            await panel.settle()
            assert len(panel.lines()) == height
            assert panel.lines()[-1].startswith("? All keys  q Leave")

    drive(traded, body, "trades")


def current(panel: Driver) -> "Row":
    """Return the current trade; while it is on its way it has neither an id nor notes."""
    return panel.app.panel.query_one(RowTable).current or {"id": None, "notes": None}


def test_what_another_process_changes_appears_without_a_key(
    traded: Settings,
) -> None:
    async def body(panel: Driver) -> None:
        trade = str(current(panel)["id"])

        def note(session: object) -> None:
            notes.add(session, notes.subject(session, trade), "from elsewhere")  # type: ignore[arg-type]

        import asyncio

        await asyncio.to_thread(with_session, traded, note)
        await panel.until(lambda: bool(current(panel)["notes"]))

    drive(traded, body, "trades", (120, 40))


def test_an_import_elsewhere_fills_an_empty_home(empty: Settings, tmp_path: Path) -> None:
    async def body(panel: Driver) -> None:
        import asyncio

        await panel.shows("Nothing is here yet")
        await asyncio.to_thread(bring, empty, tmp_path, statement(10))
        await panel.shows("10 trades")

    drive(empty, body, "trades")


@contextmanager
def newer_tables(settings: Settings) -> Iterator[None]:
    """Let the tables be of a coach that is not written yet."""
    with connect(settings.database_url) as connection:
        version = "update alembic_version set version_num = %s, serves_from = %s"
        [was] = connection.execute("select serves_from from alembic_version").fetchall()
        connection.execute(version, ["9999", "9999"])
        try:
            yield
        finally:
            connection.execute(version, [HEAD, *was])


def test_tables_of_a_newer_coach_are_named_on_every_screen(traded: Settings) -> None:
    async def newer(panel: Driver) -> None:
        for screen in "12345678":
            await panel.press(screen)
            await panel.shows(
                "! database: its tables are of another coach",
                "upgrade coach to the version that made them",
                "r reads again",
            )
            assert "Nothing is here yet" not in panel.text()

    with newer_tables(traded):
        drive(traded, newer, "trades")


def test_tables_that_come_to_fit_are_read(traded: Settings) -> None:
    tables = ExitStack()
    tables.enter_context(newer_tables(traded))

    async def body(panel: Driver) -> None:
        await panel.shows("its tables are of another coach")
        await panel.press("4")
        await panel.shows("its tables are of another coach")
        tables.close()
        await panel.press("r")
        await panel.shows("max_trades_per_day")
        await panel.press("2")
        await panel.shows("90 trades")

    with tables:
        drive(traded, body, "trades")


def test_a_database_that_is_not_there_is_named(traded: Settings, tmp_path: Path) -> None:
    async def body(panel: Driver) -> None:
        await panel.shows("! database: connection", "r reads again")
        assert "Nothing is here yet" not in panel.text()

    drive(replace(traded, database_url=f"postgresql://nobody@/none?host={tmp_path}"), body)


def test_a_user_that_nobody_made_is_named(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.shows("! no user 'nobody'", "coach users add NAME makes one")
        assert "Nothing is here yet" not in panel.text()

    drive(replace(traded, user="nobody"), body)


def test_hidden_amounts_are_dots_on_the_screen(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        before = panel.lines()
        money = [line.split()[3] for line in before[3:8]]
        assert all(one[0] in "+-" for one in money)
        await panel.press("p")
        await panel.shows("•••", "amounts hidden")
        assert not [one for one in money if one in panel.text()]
        await panel.press("p")
        await panel.until(lambda: panel.lines()[3:8] == before[3:8])

    drive(traded, body, "trades")


def test_every_theme_can_be_taken(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        shown = [line[:70] for line in panel.lines()[1:-1]]
        seen = set[str]()
        for _ in range(6):
            seen.add(panel.app.theme)
            await panel.press("t")
            assert [line[:70] for line in panel.lines()[1:-1]] == shown
        assert len(seen) == 6

    drive(traded, body, "trades")


def test_own_keys_take_the_place_of_the_shipped_ones(traded: Settings) -> None:
    own = traded.home.config / "tui-keys.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text('[app]\nprivacy = ["W"]\n')

    async def body(panel: Driver) -> None:
        await panel.press("W")
        await panel.shows("amounts hidden")

    try:
        drive(traded, body, "trades")
        own.write_text('[app]\nprivcy = ["W"]\n')
        with pytest.raises(ConfigError) as refused:
            drive(traded, body, "trades")
    finally:
        own.unlink()
    assert refused.value.hint == "did you mean privacy?"


def test_every_answer_can_be_seen_on_a_small_screen(traded: Settings) -> None:
    answers = [*((letter, f"answer {letter}") for letter in "abcdefghijklm"), ("-", "none of them")]

    async def body(panel: Driver) -> None:
        panel.app.push_screen(ChoicePrompt("Which of these? " * 20, answers))
        await panel.shows("a  answer a")
        assert "none of them" not in panel.text()
        await panel.pilot.press("end")
        await panel.shows("-  none of them")
        await panel.pilot.press("home")
        await panel.shows("a  answer a")
        await panel.resize((80, 40))
        await panel.shows("a  answer a", "l  answer l")

    drive(traded, body, "trades", (60, 20))
