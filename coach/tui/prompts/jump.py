"""Jump: a letter over every place that keys can go to; the letter goes there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Offset
from textual.widgets import Static

from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

LETTERS = "asdfghjklwertyuiopzxcvbnmqASDFGHJKLWERTYUIOPZXCVBNMQ"


class JumpScreen(PromptScreen[str | None]):
    """Letters over the screen, each at the place of its target."""

    area: ClassVar[str] = "prompt"

    def __init__(self, targets: Mapping[str, Offset]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> "ComposeResult":
        """Lay a letter over each target."""
        for letter, place in self._targets.items():
            label = Static(f" {letter} ", classes="jump-letter", markup=False)
            label.styles.offset = (place.x, place.y)
            yield label

    def on_key(self, event: "events.Key") -> None:
        """Go to the target of a letter."""
        if event.character in self._targets:
            event.stop()
            event.prevent_default()
            self.dismiss(event.character)

    @does("close")
    def close(self) -> None:
        """Go nowhere."""
        self.dismiss(None)
