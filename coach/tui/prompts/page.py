"""A page of lines over the screen: the help, a diff, what a file would bring."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.tui.keys.keymap import Keymap

AREAS = {
    "app": "Everywhere",
    "table": "In a table",
    "lines": "In a text",
    "drawer": "In what is open",
    "trades": "Trades",
    "habits": "Habits",
    "rules": "Rules",
    "what_if": "What-if",
    "reflect": "Reflect",
    "imports": "Imports",
    "backups": "Backups",
    "events": "Events",
    "week": "Week",
    "prompt": "In a question",
    "choice": "In a choice",
    "palette": "In the palette",
}


class LinesPage(PromptScreen[None]):
    """Lines that are read and closed again."""

    area: ClassVar[str] = "choice"

    def __init__(self, title: str, lines: Iterable[str], *, private: bool = False) -> None:
        super().__init__()
        self._title, self._lines, self._private = title, tuple(lines), private

    def compose(self) -> "ComposeResult":
        """Hold a title and the lines."""
        with Vertical(classes="page"):
            yield Static(self._title, markup=False, classes="page-title")
            yield LinesView()

    def on_mount(self) -> None:
        """Show the lines."""
        view = self.query_one(LinesView)
        view.show(self._lines, private=self._private)
        view.focus()

    @does("close")
    def close(self) -> None:
        """Close the page."""
        self.dismiss(None)


def key_lines(keymap: "Keymap", areas: Iterable[str]) -> Iterable[str]:
    """Yield every key of these areas and what it does, made from the table."""
    from coach.tui.keys.keymap import shown_key

    for area in areas:
        bindings = keymap.of(area)
        if not bindings:
            continue
        yield f"{AREAS[area]}:"
        for one in bindings:
            keys = " ".join(map(shown_key, one.keys))
            yield f"  {keys:<14} {one.help}"
        yield ""
