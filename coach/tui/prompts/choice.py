"""One of a few, over the screen: by its letter, or by arrows and Enter."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views.table import Column

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

COLUMNS = (TableColumn(Column("key", ""), 1), TableColumn(Column("name", ""), 1))


class ChoicePrompt(PromptScreen[str | None]):
    """A question with answers, each a key and a name; None where it was left."""

    area: ClassVar[str] = "choice"

    def __init__(self, question: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> "ComposeResult":
        """Hold the question and the answers."""
        with Vertical(classes="prompt"):
            yield Static(self._question, markup=False)
            yield RowTable(COLUMNS)

    def on_mount(self) -> None:
        """Show the answers."""
        rows = [{"key": key, "name": name} for key, name in self._answers]
        table = self.query_one(RowTable)
        table.styles.height = min(len(rows), 12) + 1
        table.show(ListedRows(rows), "UTC")
        table.focus()

    def on_key(self, event: "events.Key") -> None:
        """Take the answer of a letter."""
        for key, _ in self._answers:
            if key == event.character:
                event.stop()
                event.prevent_default()
                self.dismiss(key)

    def on_row_table_chosen(self, event: RowTable.Chosen) -> None:
        """Take the answer that was opened."""
        event.stop()
        self.dismiss(str(event.row["key"]))

    @does("close")
    def close(self) -> None:
        """Leave it."""
        self.dismiss(None)
