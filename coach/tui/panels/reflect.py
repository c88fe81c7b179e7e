"""Reflect: what the trader wrote down, day by day; coach itself does not speak here yet."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from coach.engine.api import notes as api
from coach.model.journal.notes import NotedTrade
from coach.tui.keys.owner import does
from coach.tui.panels.panel import Panel
from coach.tui.prompts.line import LinePrompt
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import notes as views
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from textual.app import ComposeResult

    from coach.engine.api.notes import NoteChange
    from coach.engine.api.session import Session
    from coach.model.journal.notes import JournalNote
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("n", "note", "number"), 1),
    TableColumn(Column("on", "on"), 1, least=10, most=34),
    TableColumn(Column("text", "what you wrote"), 1, least=20, most=200),
)
HEAD = "coach does not talk here yet: these are your own words. m writes a note on today."
NO_NOTES = """\
Nothing written yet.

  m       writes a note on today
  2 m     writes one on a trade

coach does not talk here yet: it will, as your Rational Future Self, once reflection is built.
Until then this is your journal. No habit, rule or digest reads it."""


class ReflectPanel(Panel["list[JournalNote]"]):
    """The journal."""

    area: ClassVar[str] = "reflect"
    title: ClassVar[str] = "Reflect"
    nothing: ClassVar[str] = NO_NOTES
    lives_by: ClassVar[tuple[str, ...]] = ("note.", "import.done", "import.undone")

    def body(self) -> "ComposeResult":
        """Hold the notes."""
        yield Static(HEAD, classes="sum", markup=False)
        yield RowTable(COLUMNS, id="note-table")

    def read(self, session: "Session") -> "list[JournalNote]":
        """Read the notes, the newest first."""
        return list(api.notes(session, api.NoteFilter(), self.desk.zone))[::-1]

    def has_nothing(self, found: "list[JournalNote]") -> bool:
        """Say whether nothing was written."""
        return not found

    def draw(self, found: "list[JournalNote]") -> None:
        """Show the notes."""
        table = self.query_one(RowTable)
        table.show(
            ListedRows([_row(one) for one in found]),
            self.desk.zone,
            private=self.desk.private,
            cursor=table.cursor,
        )

    def _current(self) -> "JournalNote | None":
        table = self.query_one(RowTable)
        return self.found[table.cursor] if self.found and self.state == "ready" else None

    @does("note")
    def write(self) -> None:
        """Write a note on today."""
        self.run_worker(self._write(), group="prompt")

    async def _write(self) -> None:
        text = await self.app.push_screen_wait(LinePrompt("Note on today"))
        if not text or not text.strip():
            return

        def work(session: "Session") -> "NoteChange":
            return api.add(session, today(session.clock(), self.desk.zone), text)

        await self.desk.change("noted", work, _back)
        self.load()

    @does("edit")
    def edit(self) -> None:
        """Change the current note."""
        if (note := self._current()) is not None:
            self.run_worker(self._edit(note), group="prompt")

    def on_row_table_chosen(self) -> None:
        """Change the note that was opened."""
        self.edit()

    async def _edit(self, note: "JournalNote") -> None:
        text = await self.app.push_screen_wait(LinePrompt(f"Note {note.id}", note.text))
        if text and text.strip() and text != note.text:
            await self.desk.change(
                f"note {note.id} changed",
                lambda session: api.edit(session, note.id, text),
                lambda _: lambda session: api.edit(session, note.id, note.text),
            )

    @does("remove")
    async def remove_note(self) -> None:
        """Remove the current note."""
        if (note := self._current()) is not None:
            await self.desk.change(
                f"note {note.id} removed",
                lambda session: api.remove(session, note.id),
                lambda _: lambda session: api.restore(session, note.id),
            )

    def first_focus(self) -> RowTable:
        """Let keys go to the notes."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that lists notes."""
        return "coach note list"


def today(now: "datetime", zone: str) -> "date":
    """Return the day that it is in the zone."""
    from zoneinfo import ZoneInfo

    return now.astimezone(ZoneInfo(zone)).date()


def _row(note: "JournalNote") -> "Row":
    row = json_row(views.written_note(note))
    if isinstance(note.about, NotedTrade):
        on = f"{note.about.symbol} {note.about.opened_at:%Y-%m-%d}"
    else:
        on = note.about.isoformat()
    return {**row, "n": note.id, "on": on, "text": note.text}


def _back(change: "NoteChange") -> "Callable[[Session], object] | None":
    return partial(_remove, change.note.id) if change.changed else None


def _remove(number: int, session: "Session") -> object:
    return api.remove(session, number)
