"""The first line: the screens by number, the open one in full."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static


class ScreenTabs(Static):
    """The screens; where room is short, only the open one has its name."""

    def __init__(self, titles: Sequence[str], id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id, markup=False)
        self._titles = titles
        self._open = 0
        self._marks = ""
        self.places: list[int] = []
        """Where each name begins."""

    def show(self, place: int, marks: str) -> None:
        """Show which screen is open; `marks` say what else holds, as that money is hidden."""
        self._open, self._marks = place, marks
        self._draw()

    def on_resize(self) -> None:
        """Use the room that there is now."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        line = self._line(named=True)
        if line.cell_len + len(self._marks) > width:
            line = self._line(named=False)
        if self._marks:
            line.append(" " * (width - line.cell_len - len(self._marks)) + self._marks)
        self.update(line)

    def _line(self, *, named: bool) -> Text:
        line = Text()
        self.places = []
        for place, title in enumerate(self._titles):
            is_open = place == self._open
            name = f"{place + 1} {title}" if named or is_open else str(place + 1)
            self.places.append(line.cell_len)
            line.append(f"[{name}]" if is_open else f" {name} ", "bold reverse" if is_open else "")
        return line
