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

COLUMNS = (TableColumn(Column("key", "", "key"), 1, most=1), TableColumn(Column("name", ""), 1))
MOST, FEWEST = 13, 3
"""Lines of the table, its empty head among them."""
SHARE = 0.9
"""Of the screen's height; the style of a prompt has the same."""


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
        table.styles.height = FEWEST
        table.show(ListedRows(rows), "UTC")
        table.focus()

    def on_resize(self) -> None:
        """Share the height anew, once it is known how long the question is."""
        self.call_after_refresh(self._share_height)

    def _share_height(self) -> None:
        """Give the table the lines that the question leaves it, so that every answer is reached."""
        table, question = self.query_one(RowTable), self.query_one(Static)
        around = self.query_one(Vertical)
        left = int(SHARE * self.size.height) - around.gutter.height - question.outer_size.height
        table.styles.height = max(FEWEST, min(len(self._answers) + 1, MOST, left))

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
