"""Reflect: a conversation with the Rational Future Self, above what the trader wrote down.

A question is asked in a thread and may take a model a minute; everything else goes on meanwhile.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from coach.advice.reflection_lines import NO_QUESTION, conversation
from coach.engine.api import notes as api
from coach.engine.api.reflection import reflect as reflections
from coach.errors import CoachError
from coach.model.journal.notes import NotedTrade
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels.panel import Panel
from coach.tui.prompts.line import LinePrompt
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.lines_view import LinesView
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import notes as views
from coach.views.reflections import reflection as views_of_answers
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from textual.app import ComposeResult

    from coach.engine.api.notes import NoteChange
    from coach.engine.api.reflection.reflect import StoredReflection
    from coach.engine.api.session import Session
    from coach.model.journal.notes import JournalNote
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("n", "note", "number"), 1),
    TableColumn(Column("on", "on"), 1, least=10, most=34),
    TableColumn(Column("text", "what you wrote"), 1, least=20, most=200),
)
NOTHING_ASKED = (
    "Ask your Rational Future Self: it answers from your own trades, and says what it rests on."
)
NOTHING_WRITTEN = "Nothing written yet: {note} writes a note on today."
WRITTEN = "Your notes. {note} writes one on today; no habit, rule or digest reads them."
ASKING = "asking: {question} ..."
MOST_ANSWERS = 50
"""Of a conversation that are shown."""
WIDEST = 100


@dataclass(frozen=True, slots=True)
class ReflectContents:
    """The conversation, oldest first, and the notes, newest first."""

    answers: "list[StoredReflection]"
    notes: "list[JournalNote]"


class ReflectPanel(Panel[ReflectContents]):
    """The conversation and the journal."""

    area: ClassVar[str] = "reflect"
    title: ClassVar[str] = "Reflect"
    lives_by: ClassVar[tuple[str, ...]] = (
        "note.",
        "coach.reflect",
        "import.done",
        "import.undone",
        "fill.",
    )

    def on_mount(self) -> None:
        """Begin with no answer."""
        self._newest = ""

    def body(self) -> "ComposeResult":
        """Hold the conversation and the notes."""
        yield LinesView(id="reflect-talk").add_class("main")
        yield Static(id="reflect-written", classes="sum", markup=False)
        yield RowTable(COLUMNS, id="note-table")

    def read(self, session: "Session") -> ReflectContents:
        """Read the newest answers and the notes."""
        written = api.notes(session, api.NoteFilter(), self.desk.zone)
        return ReflectContents(reflections.newest(session, MOST_ANSWERS), list(written)[::-1])

    def draw(self, found: ReflectContents) -> None:
        """Show both."""
        self._show_talk(found.answers)
        key = self.desk.keymap.named("reflect", "note").shown
        below = WRITTEN if found.notes else NOTHING_WRITTEN
        self.query_one("#reflect-written", Static).update(below.format(note=key))
        table = self.query_one(RowTable)
        table.show(
            ListedRows([_row(one) for one in found.notes]),
            self.desk.zone,
            private=self.desk.private,
            cursor=table.cursor,
        )

    def _show_talk(self, answers: "list[StoredReflection]") -> None:
        """Show the conversation from its newest question on; one that is shown stays as it is."""
        talk = self.query_one("#reflect-talk", LinesView)
        columns = min((talk.size.width or WIDEST) - 1, WIDEST)
        shown = [views_of_answers.reflection(one) for one in answers]
        before = list(conversation(shown[:-1], columns))
        lines = [*before, *conversation(shown[-1:], columns)] or [self._how_to_ask()]
        newest = answers[-1].id if answers else ""
        talk.show(lines, private=self.desk.private, about=newest)
        if newest != self._newest:
            self._newest = newest
            talk.call_after_refresh(talk.scroll_to, y=len(before), animate=False)

    def _how_to_ask(self) -> str:
        key = self.desk.keymap.named("reflect", "ask").shown
        return f"{NOTHING_ASKED} {key} asks."

    @does("ask")
    def ask(self) -> None:
        """Ask a question, or how things stand."""
        self.run_worker(self._ask(), group="ask")

    async def _ask(self) -> None:
        question = await self.app.push_screen_wait(LinePrompt("Your question"))
        if question is None:
            return
        self.desk.say(ASKING.format(question=question.strip() or NO_QUESTION))
        answers = self.found.answers if self.found is not None else []
        after = answers[-1].id if answers else ""
        try:
            view = await self.desk.threads.ask(
                lambda session: reflections.reflect(session, question, after)
            )
        except CoachError as trouble:
            self.desk.say(told(trouble))
            return
        self.desk.say(view.trouble or view.note or "answered")
        self.load()

    def _current(self) -> "JournalNote | None":
        table = self.query_one(RowTable)
        if self.found is None or not self.found.notes or self.state != "ready":
            return None
        return self.found.notes[table.cursor]

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
        """Return the command that lists answers."""
        return "coach reflect list"


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
