"""A file that coach does not know, imported by keys: what it cannot say is asked and remembered."""

from pathlib import Path

from coach import wiring
from coach.engine.api import imports, trades
from coach.engine.api.statements import mappings
from coach.settings.values import Settings
from tests.integration.tui.conftest import Driver, drive

ODD = """\
First,Second,Market,Doing,Amount,Rate,Commission
03/04/2026 09:15,03/04/2026 09:16,BTC,acquired,0.5,100.00,0.10
05/04/2026 10:15,05/04/2026 10:16,BTC,disposed,0.5,110.00,0.10
06/04/2026 11:15,06/04/2026 11:16,BTC,acquired,1.5,100.00,0.10
07/04/2026 12:15,07/04/2026 12:16,BTC,disposed,1.5,99.00,0.10
"""
ANSWERS = {
    "is the time?": ["a"],
    "is the side?": ["d"],
    "Which column is what?": ["y"],
    "Keep that as": ["enter"],
    "its dates can be read": ["1"],
    "'acquired' buy or sell?": ["1"],
    "'disposed' buy or sell?": ["2"],
    "which currency are the prices": [*"usd", "enter"],
    "On which clock": [*"Europe/Madrid", "enter"],
}


def odd_file(folder: Path, name: str = "odd.csv", text: str = ODD) -> Path:
    file = folder / name
    file.write_text(text)
    return file


async def bring(panel: Driver, file: Path) -> None:
    await panel.press("i")
    await panel.reply("Which statement?", *str(file), "enter")


async def answer(panel: Driver, until: str) -> list[str]:
    """Answer what is asked, whatever the order, until a text is shown; return what was asked."""
    asked = list[str]()

    def new() -> str | None:
        return next((one for one in ANSWERS if one not in asked and panel.is_asked(one)), None)

    while True:
        await panel.until(lambda: panel.is_asked(until) or new() is not None)
        question = new()
        if question is None:
            return asked
        asked.append(question)
        await panel.reply(question, *ANSWERS[question])


def stored(settings: Settings) -> tuple[list[str], list[str]]:
    """Return the sides and closes of the trades, and the names of the mappings."""
    with wiring.open_session(settings) as session:
        found = [f"{one.trip.closed_at:%m-%d %H:%M}" for one in trades.round_trips(session)]
        return found, [one.name for one in mappings.remembered(session)]


def test_what_a_file_cannot_say_is_asked_shown_kept_and_undone(
    empty: Settings, tmp_path: Path
) -> None:
    async def body(panel: Driver) -> None:
        await bring(panel, odd_file(tmp_path))
        asked = await answer(panel, "would bring")
        assert sorted(asked) == sorted(ANSWERS)
        await panel.shows("2026-04-03 07:15:00 UTC  buy  0.5 BTC-USD at 100")
        await panel.reply("would bring", "escape")
        await panel.until(lambda: panel.is_asked("Import 4 new fills into odd?"))
        with wiring.open_session(empty) as session:
            assert imports.all_runs(session) == []
        await panel.pilot.press("y")
        await panel.shows("odd: 4 new, 0 known, 0 skipped (z undoes it)")
        assert stored(empty) == (["04-05 08:15", "04-07 10:15"], ["odd"])
        await bring(panel, odd_file(tmp_path, "next.csv", ODD.replace("/04/", "/05/")))
        await panel.shows("next.csv would bring", "2026-05-03 07:15:00 UTC")
        await panel.reply("next.csv would bring", "escape")
        await panel.reply("Import 4 new fills into odd?", "n")
        await panel.shows_not("Import 4 new fills into")
        await panel.press("z")
        await panel.shows("undone:")
        assert stored(empty) == ([], [])

    drive(empty, body, "imports")


def test_a_column_that_is_another_is_chosen_again(empty: Settings, tmp_path: Path) -> None:
    async def body(panel: Driver) -> None:
        await bring(panel, odd_file(tmp_path))
        for question, key in (("is the time?", "d"), ("is the side?", "d"), ("y goes on", "y")):
            await panel.reply(question, key)
        await panel.reply("Keep that as", "enter")
        await panel.until(lambda: panel.is_asked("'acquired' is no date"))
        marked = [line.replace("│", " ").split() for line in panel.lines() if " time " in line]
        [letter] = [words[0] for words in marked if words[1:] == ["time", "doing"]]
        for question, key in (("y goes on", letter), ("is the time?", "a"), ("y goes on", "y")):
            await panel.reply(question, key)
        await panel.reply("Keep that as", "enter")
        await panel.until(lambda: panel.is_asked("its dates can be read"))

    drive(empty, body, "imports", (100, 40))


def test_who_leaves_a_question_imports_nothing_and_reads_how_to_go_on(
    empty: Settings, tmp_path: Path
) -> None:
    async def body(panel: Driver) -> None:
        await bring(panel, odd_file(tmp_path))
        await panel.reply("Which column is the time?", "escape")
        await panel.shows("coach does not know this file yet")
        assert stored(empty) == ([], [])

    drive(empty, body, "imports")
