"""A table of any number of rows: only the lines that are seen are drawn, and only then.

Textual's own table builds and measures every row first: half a minute for 100,000.
"""

from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coach.tui.keys.owner import KeyOwner, does
from coach.tui.widgets.columns import GAP, ColumnLayout, TableColumn, share_width, wanted_widths
from coach.tui.widgets.row_sources import ListedRows, RowSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events

    from coach.views.table import Row

MEASURED = 40
"""Rows that decide the widths before any is drawn; a wider one widens its columns when drawn."""
MOST_DRAWN = 400
"""Lines that are kept as they were drawn."""
ON_ITS_WAY = "…"
PARTS_OF_A_CELL = 8
"""In which the thumb of a bar moves."""
HEAD = 1


class RowTable(ScrollView, KeyOwner, can_focus=True):
    """Rows under a head that stays; one row is the current one."""

    area: ClassVar[str] = "table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-table--head",
        "row-table--cursor",
        "row-table--gain",
        "row-table--loss",
    }
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False, repaint=False)
    """How much there is to scroll: the bar follows it. Textual lays the whole screen out for it."""

    class Highlighted(Message):
        """Another row is the current one."""

        def __init__(self, table: "RowTable", row: "Row") -> None:
            super().__init__()
            self.table, self.row = table, row

        @property
        def control(self) -> "RowTable":
            """Return the table."""
            return self.table

    class Chosen(Highlighted):
        """The current row was opened."""

    def __init__(
        self,
        columns: "Sequence[TableColumn]",
        id: str | None = None,  # noqa: A002 -- Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.source: RowSource = ListedRows()
        self.zone = "UTC"
        self.private = False
        self.cursor = 0
        self._layout_of_columns: ColumnLayout | None = None
        self._wanted: tuple[int, ...] = ()
        self._head = ""
        self._size_of_bar = Size(0, 0)
        self._drawn: dict[tuple[int, bool, bool], Strip] = {}
        self._styles: dict[tuple[str, bool], Style] = {}

    def show(self, source: RowSource, zone: str, *, private: bool = False, cursor: int = 0) -> None:
        """Show other rows, and which is the current one."""
        self.source, self.zone, self.private = source, zone, private
        self.cursor = min(cursor, max(0, len(source) - 1))
        self._wanted = wanted_widths(self.columns, islice(source.here(), MEASURED), zone)
        self._lay_out()
        self.move_to(self.cursor, tell=True)

    def rows_came(self, places: range) -> None:
        """Draw these rows, which were on their way, where they are seen."""
        if any(place in places for _, place in self.seen_places()):
            self.refresh()
        if self.cursor in places:
            self._tell(self.Highlighted)

    def length_came(self) -> None:
        """Let the bar show how long the list is, which was counted meanwhile."""
        self._take_length(self._width)

    def seen_places(self) -> "Iterator[tuple[int, int]]":
        """Yield the line of each row that is seen, and its place among all."""
        top = round(self.scroll_offset.y)
        for line in range(min(self._rows_seen, len(self.source) - top)):
            yield line + HEAD, top + line

    @property
    def current(self) -> "Row | None":
        """Return the current row, None where there is none or it is on its way."""
        return self.source.row(self.cursor) if len(self.source) else None

    def head(self, text: str) -> None:
        """Mark a column of the head, as `▼ closed`; the title stays readable."""
        self._head = text
        self._drawn.clear()
        self.refresh()

    def move_to(self, place: int, *, tell: bool = True) -> None:
        """Make another row the current one and bring it into sight."""
        last = max(0, len(self.source) - 1)
        before, self.cursor = self.cursor, max(0, min(place, last))
        rows, top = self._rows_seen, round(self.scroll_target_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False, force=True)
        for line in {before, self.cursor}:
            self.refresh_line(line + HEAD)
        if tell:
            self._tell(self.Highlighted)

    @does("down")
    def go_down(self) -> None:
        """Go to the next row."""
        self.move_to(self.cursor + 1)

    @does("up")
    def go_up(self) -> None:
        """Go to the previous row."""
        self.move_to(self.cursor - 1)

    @does("page_down")
    def go_a_page_down(self) -> None:
        """Go down by what is seen."""
        self.move_to(self.cursor + self._rows_seen)

    @does("page_up")
    def go_a_page_up(self) -> None:
        """Go up by what is seen."""
        self.move_to(self.cursor - self._rows_seen)

    @does("first")
    def go_to_the_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    @does("last")
    def go_to_the_last(self) -> None:
        """Go to the last row."""
        self.move_to(len(self.source) - 1)

    @does("choose")
    def choose(self) -> None:
        """Open the current row."""
        self._tell(self.Chosen)

    def on_click(self, event: "events.Click") -> None:
        """Make the row under the mouse the current one."""
        place = event.y + round(self.scroll_offset.y) - HEAD
        if 0 <= place < len(self.source):
            self.move_to(place)

    def on_resize(self) -> None:
        """Share the width anew, and keep the current row in sight."""
        self._lay_out()
        self.move_to(self.cursor, tell=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what is seen now, and the bar where its thumb moves: it is a fifth of the work."""
        if round(old_value) == round(new_value):
            return
        self.refresh(self.size.region)
        bar, step = self.vertical_scrollbar, len(self.source) / (PARTS_OF_A_CELL * self._rows_seen)
        at_an_end = round(new_value) in {0, self.max_scroll_y}
        if at_an_end or abs(new_value - bar.position) >= step:
            bar.position = new_value

    def notify_style_update(self) -> None:
        """Draw everything again in other styles."""
        self._drawn.clear()
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is seen; a line that was drawn before is kept."""
        place = round(self.scroll_offset.y) + y - HEAD
        layout = self._layout_of_columns
        if layout is None or (y and place >= len(self.source)):
            return Strip.blank(self._width, self._styled(""))
        name = (-1 if y == 0 else place, place == self.cursor, self.has_focus)
        found = self._drawn.get(name)
        if found is not None:
            return found
        row = self.source.row(place) if y else None
        if y and row is None:
            base, blank = self._base(place), [""] * (len(layout.columns) - 1)
            return self._strip(layout, [ON_ITS_WAY, *blank], [base] * (1 + len(blank)), base)
        if len(self._drawn) > MOST_DRAWN:
            self._drawn.clear()
        drawn = self._head_line(layout) if row is None else self._row_line(layout, row, place)
        self._drawn[name] = drawn
        return drawn

    def _base(self, place: int) -> Style:
        return self._styled("cursor" if place == self.cursor else "")

    def _styled(self, name: str) -> Style:
        """Return the style of a component, or of the table itself; to work one out takes long."""
        key = name, self.has_focus
        found = self._styles.get(key)
        if found is None:
            whole = f"row-table--{name}"
            found = self.get_component_rich_style(whole) if name else self.rich_style
            self._styles[key] = found
        return found

    def _head_line(self, layout: ColumnLayout) -> Strip:
        titles = [self._title(one) for one in layout.columns]
        style = self._styled("head")
        return self._strip(layout, titles, [style] * len(titles), style)

    def _row_line(self, layout: ColumnLayout, row: "Row", place: int) -> Strip:
        base = self._base(place)
        texts = [one.text(row, self.zone, private=self.private) for one in layout.columns]
        self._widen(row, layout, texts)
        plain = place == self.cursor or self.private
        styles = [base if plain else self._style(one, row, base) for one in layout.columns]
        return self._strip(layout, texts, styles, base)

    def _widen(self, row: "Row", layout: ColumnLayout, texts: "Sequence[str]") -> None:
        """Share the width anew, soon, where a cell is wider than its column and might have more."""
        if any(len(text) > width for text, width in zip(texts, layout.widths, strict=True)):
            wanted = wanted_widths(self.columns, [row], self.zone, self._wanted)
            if wanted != self._wanted:
                self._wanted = wanted
                self.call_later(self._lay_out)

    def _title(self, one: TableColumn) -> str:
        sign, _, key = self._head.partition(" ")
        return f"{sign}{one.column.title}" if key == one.column.key else one.column.title

    def _style(self, one: TableColumn, row: "Row", base: Style) -> Style:
        value = str(row.get(one.column.key))
        if one.column.kind != "money" or value in {"0", "None"}:
            return base
        return self._styled("loss" if value.startswith("-") else "gain")

    def _strip(
        self, layout: ColumnLayout, texts: "Sequence[str]", styles: "Sequence[Style]", base: Style
    ) -> Strip:
        """Join the cells to a line; those beside each other in one style are one segment."""
        segments, pieces, current = list[Segment](), list[str](), base
        for place, (text, style) in enumerate(zip(texts, styles, strict=True)):
            if place:
                if current is not base:
                    segments.append(Segment("".join(pieces), current))
                    pieces, current = [], base
                pieces.append(" " * GAP)
            if style is not current:
                segments.append(Segment("".join(pieces), current))
                pieces, current = [], style
            pieces.append(_fitted(text, layout.widths[place], layout.columns[place]))
        segments.append(Segment("".join(pieces), current))
        segments.append(Segment(" " * layout.spare, base))
        return Strip([one for one in segments if one.text], layout.width)

    def _lay_out(self) -> None:
        self._drawn.clear()
        width = self._width
        if width:
            wanted = self._wanted or wanted_widths(self.columns, (), self.zone)
            self._layout_of_columns = share_width(self.columns, wanted, width)
        self._take_length(width)
        self.refresh()

    def _take_length(self, width: int) -> None:
        """Let the bar follow the length, once it is counted.

        The screen is laid out again where the table is as high as its rows.
        """
        wanted = Size(max(1, width), len(self.source) + HEAD)
        if self.styles.auto_dimensions and wanted != self.virtual_size:
            self.refresh(layout=True)
        self.virtual_size = wanted
        if self.source.is_counted and wanted != self._size_of_bar:
            self._size_of_bar = wanted
            self._scroll_update(wanted)

    @property
    def _width(self) -> int:
        """Return the cells of a line; the place of the bar is left free where it is hidden."""
        return self.scrollable_content_region.width

    @property
    def _rows_seen(self) -> int:
        return max(1, self.size.height - HEAD)

    def _tell(self, kind: "type[RowTable.Highlighted]") -> None:
        row = self.current
        if row is not None:
            self.post_message(kind(self, row))


def _fitted(text: str, width: int, column: TableColumn) -> str:
    """Return a cell that is so wide; only texts are cut, and that is seen."""
    line = text.replace("\n", " ")
    if len(line) <= width and line.isascii():
        return line.ljust(width) if column.is_left else line.rjust(width)
    if len(line) > width:
        from rich.cells import cell_len

        if cell_len(line) > width:
            return set_cell_size(line, max(0, width - 1)) + ON_ITS_WAY
    return set_cell_size(line if column.is_left else line.rjust(width), width)
