"""One line to type, over the screen; Enter takes it, Esc leaves it."""

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Input, Static

from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from textual.app import ComposeResult


class LinePrompt(PromptScreen[str | None]):
    """A question and what is typed; None where it was left. What is `hidden` shows as dots."""

    area: ClassVar[str] = "prompt"

    def __init__(self, question: str, value: str = "", *, hidden: bool = False) -> None:
        super().__init__()
        self._question, self._value, self._hidden = question, value, hidden

    def compose(self) -> "ComposeResult":
        """Hold the question and a line."""
        with Vertical(classes="prompt"):
            yield Static(self._question, markup=False)
            line = TypedLine(self._value)
            line.password = self._hidden
            yield line

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        self.dismiss(event.value)

    @does("close")
    def close(self) -> None:
        """Leave it."""
        self.dismiss(None)
