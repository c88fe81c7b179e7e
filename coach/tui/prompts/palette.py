"""The palette: every screen, every action that holds here and every command, found by typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.containers import Vertical
from textual.widgets import Input

from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.tui.widgets.typed_line import TypedLine
from coach.views.table import Column

if TYPE_CHECKING:
    from textual.app import ComposeResult

COLUMNS = (
    TableColumn(Column("name", ""), 1, least=16, most=40),
    TableColumn(Column("help", ""), 1, least=20, most=60),
)


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """An action of an area, or a command to copy; `name` and `help` are searched."""

    kind: Literal["action", "command"]
    name: str
    help: str
    area: str = ""
    action: str = ""


class Palette(PromptScreen[PaletteEntry | None]):
    """A line to type and what it finds; Enter takes the current one."""

    area: ClassVar[str] = "palette"

    def __init__(self, entries: Sequence[PaletteEntry]) -> None:
        super().__init__()
        self._entries = entries
        self._found: Sequence[PaletteEntry] = entries

    def compose(self) -> "ComposeResult":
        """Hold the line and what it finds."""
        with Vertical(classes="page"):
            yield TypedLine(placeholder="a screen, an action, a command")
            yield RowTable(COLUMNS)

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(Input).focus()
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what holds every word."""
        self._show(event.value)

    def _show(self, text: str) -> None:
        self._found = found_by(text, self._entries)
        rows = [{"name": one.name, "help": one.help} for one in self._found]
        self.query_one(RowTable).show(ListedRows(rows), "UTC")

    def on_input_submitted(self) -> None:
        """Take the current one."""
        place = self.query_one(RowTable).cursor
        self.dismiss(self._found[place] if self._found else None)

    def on_row_table_chosen(self, event: RowTable.Chosen) -> None:
        """Take the one that was opened."""
        event.stop()
        self.on_input_submitted()

    @does("down")
    def go_down(self) -> None:
        """Go to the next one."""
        self.query_one(RowTable).go_down()

    @does("up")
    def go_up(self) -> None:
        """Go to the previous one."""
        self.query_one(RowTable).go_up()

    @does("close")
    def close(self) -> None:
        """Leave it."""
        self.dismiss(None)


def found_by(text: str, entries: Sequence[PaletteEntry]) -> list[PaletteEntry]:
    """Return the entries that hold every word, those that begin with the first word first."""
    words = text.lower().split()
    found = [
        one for one in entries if all(word in f"{one.name} {one.help}".lower() for word in words)
    ]
    return sorted(found, key=lambda one: not (words and one.name.lower().startswith(words[0])))
