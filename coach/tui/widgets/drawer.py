"""The drawer: what stands behind a row, beside it where there is room and over it elsewhere."""

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.tui.keys.owner import KeyOwner, does
from coach.tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

OPEN = "-drawer"


class Drawer(Container, KeyOwner):
    """Lines about one row; open while its parent has the class `-drawer`."""

    area: ClassVar[str] = "drawer"

    def compose(self) -> "ComposeResult":
        """Hold lines."""
        yield LinesView()

    @property
    def is_open(self) -> bool:
        """Say whether it can be seen."""
        return self.parent is not None and self._around.has_class(OPEN)

    @property
    def _around(self) -> "Widget":
        from textual.widget import Widget

        assert isinstance(self.parent, Widget)
        return self.parent

    def open(self) -> None:
        """Show it, and let keys go to it."""
        self._around.add_class(OPEN)
        self.query_one(LinesView).focus()

    def show(self, lines: "Iterable[str]", *, private: bool = False, about: str = "") -> None:
        """Show other lines; those about the same row stay scrolled as they are."""
        self.query_one(LinesView).show(lines, private=private, about=about)

    @does("close")
    def close(self) -> None:
        """Hide it; keys go to what stands beside it."""
        around = self._around
        around.remove_class(OPEN)
        for beside in around.children:
            if beside is not self and beside.focusable:
                beside.focus()
                return
