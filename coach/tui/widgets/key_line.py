"""The last line: the keys that help here, as many as fit, or what was just said."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.tui.keys.keymap import KeyBinding

BETWEEN = "  "


class KeyLine(Static):
    """One line of keys; a message takes its place until the next key."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id, markup=False)
        self._bindings_shown: Sequence[KeyBinding] = ()
        self.message = ""

    def show(self, bindings: "Sequence[KeyBinding]") -> None:
        """Show the keys that help here."""
        if bindings != self._bindings_shown:
            self._bindings_shown = bindings
            self._draw()

    def say(self, message: str) -> None:
        """Show a message until the next key."""
        if message != self.message:
            self.message = message
            self._draw()

    def on_resize(self) -> None:
        """Show as many keys as fit now."""
        self._draw()

    def _draw(self) -> None:
        self.set_class(bool(self.message), "-message")
        if self.message:
            self.update(self.message, layout=False)
        else:
            self.update(keys_that_fit(self._bindings_shown, self.size.width), layout=False)


def keys_that_fit(bindings: "Sequence[KeyBinding]", width: int) -> Text:
    """Return the keys of the lowest ranks, as many as fit, each with a word."""
    line = Text()
    for one in sorted(bindings, key=lambda one: one.footer):
        word = one.help.partition(":")[0]
        piece = f"{one.shown} {word}"
        room = width - line.cell_len - len(BETWEEN) * bool(line)
        if cell_len(piece) > room:
            continue
        if line:
            line.append(BETWEEN)
        line.append(one.shown, "bold")
        line.append(f" {word}")
    return line
