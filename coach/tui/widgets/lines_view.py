"""Lines to read: scrolled by keys, folded to the screen, safe to show."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from coach.advice.privacy import hide_amounts
from coach.tui.keys.owner import KeyOwner, does
from coach.wording.visible import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult

FIGURES = frozenset("▁▂▃▄▅▆▇█░▒●·┤│")


class LinesView(VerticalScroll, KeyOwner, can_focus=True):
    """Lines of text, such as a terminal shows them."""

    area: ClassVar[str] = "lines"
    _about: str = ""

    def compose(self) -> "ComposeResult":
        """Hold one text."""
        yield Static(markup=False)

    def show(self, lines: Iterable[str], *, private: bool = False, about: str = "") -> None:
        """Show other lines, from the top; those about the same thing stay scrolled as they are."""
        self.query_one(Static).update(text_of(lines, private=private))
        if not about or about != self._about:
            self.scroll_home(animate=False)
        self._about = about

    def bring_to_top(self, row: int) -> None:
        """Scroll so that this line stands at the top, once what was last shown is laid out."""
        self.call_after_refresh(self.scroll_to, y=row, animate=False)

    @does("down")
    def go_down(self) -> None:
        """Scroll a line down."""
        self.scroll_relative(y=1, animate=False)

    @does("up")
    def go_up(self) -> None:
        """Scroll a line up."""
        self.scroll_relative(y=-1, animate=False)

    @does("page_down")
    def go_a_page_down(self) -> None:
        """Scroll a page down."""
        self.scroll_page_down(animate=False)

    @does("page_up")
    def go_a_page_up(self) -> None:
        """Scroll a page up."""
        self.scroll_page_up(animate=False)

    @does("first")
    def go_to_the_top(self) -> None:
        """Scroll to the top."""
        self.scroll_home(animate=False)

    @does("last")
    def go_to_the_end(self) -> None:
        """Scroll to the end."""
        self.scroll_end(animate=False)


def text_of(lines: Iterable[str], *, private: bool = False) -> Text:
    """Return lines as one text; charts are not folded, headings stand out."""
    text = Text()
    for number, line in enumerate(lines):
        shown = visible(hide_amounts(line) if private else line)
        is_heading = bool(shown) and not shown.startswith(" ") and shown.endswith(":")
        text.append("\n" if number else "")
        text.append(shown, "bold" if is_heading else "")
    return text
