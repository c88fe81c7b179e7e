"""A table for a person: aligned, folded to the screen, colour only as decoration.

Only texts fold, between words: no word and no number is cut at any width. A screen too narrow for
that gets a line per cell. A key shows its beginning, as long as it takes to tell the keys of its
column apart.
The one module that knows Rich; it is imported when a table is drawn on a terminal and never before.
"""

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from coach.advice.readable import keys_apart, readable
from coach.cli.show.screen import Screen, wrapped
from coach.views.table import Column, Row, Table
from coach.wording.visible import visible

LEFT = frozenset({"text", "key", "time", "date"})
GAP = 2
GAIN = "bright_blue"
LOSS = "yellow"


def drawn(table: Table, screen: Screen) -> Iterator[str]:
    """Yield the lines of a table that fits the screen."""
    shown = [column for column in table.columns if column.title]
    columns = [_cells(column, table.rows, screen.zone) for column in shown]
    lines = list(zip(*columns, strict=True))
    if screen.accessible:
        return _spoken(shown, lines, screen)
    widths = _widths(shown, lines, screen.width - GAP * (len(shown) - 1))
    if widths is None:
        return _listed(shown, lines, screen)
    grid = RichTable(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column, width in zip(shown, widths, strict=True):
        grid.add_column(column.title, justify=_side(column), width=width)
    for line in lines:
        grid.add_row(*line)
    return _printed(grid, sum(widths) + GAP * len(widths), color=screen.color)


def _widths(shown: list[Column], lines: list[tuple[Text, ...]], available: int) -> list[int] | None:
    """Return the width of each column, or None where a number or a word would be cut.

    What does not fit is taken from the widest texts: a column gets what it needs up to a level
    that is the same for all, and never less than its longest word.
    """
    least = [_least(column, place, lines) for place, column in enumerate(shown)]
    if sum(least) > available:
        return None
    whole = [_whole(column, place, lines) for place, column in enumerate(shown)]
    level = max(whole)
    while sum(_leveled(least, whole, level)) > available:
        level -= 1
    return _leveled(least, whole, level)


def _leveled(least: list[int], whole: list[int], level: int) -> list[int]:
    return [max(low, min(high, level)) for low, high in zip(least, whole, strict=True)]


def _listed(shown: list[Column], lines: list[tuple[Text, ...]], screen: Screen) -> Iterator[str]:
    # A number that folds is another number: without room for a table every cell has its line.
    widest = max(len(column.title) for column in shown)
    for place, line in enumerate(lines):
        if place:
            yield ""
        for column, value in zip(shown, line, strict=True):
            yield from wrapped(f"{column.title:<{widest}}  {value.plain}", screen.width)


def _spoken(shown: list[Column], lines: list[tuple[Text, ...]], screen: Screen) -> Iterator[str]:
    """Yield every cell on a line of its own, behind the title of its column."""
    for number, line in enumerate(lines, start=1):
        yield f"{number} of {len(lines)}"
        for column, value in zip(shown, line, strict=True):
            yield from wrapped(f"{column.title}: {value.plain or 'none'}", screen.width)


def _printed(grid: RichTable, width: int, *, color: bool) -> Iterator[str]:
    paper = StringIO()
    console = Console(
        file=paper,
        width=width,
        force_terminal=True,
        color_system="standard" if color else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(grid)
    return (line.rstrip() for line in paper.getvalue().splitlines())


def _whole(column: Column, place: int, lines: list[tuple[Text, ...]]) -> int:
    """Return the width at which nothing of the column folds."""
    return max(cell_len(text) for text in (column.title, *(line[place].plain for line in lines)))


def _least(column: Column, place: int, lines: list[tuple[Text, ...]]) -> int:
    """Return the width below which a number or a word of the column would be cut."""
    if column.kind != "text":
        return _whole(column, place, lines)
    texts = (column.title, *(line[place].plain for line in lines))
    return max(cell_len(word) for text in texts for word in text.split())


def _side(column: Column) -> Literal["left", "right"]:
    return "left" if column.kind in LEFT else "right"


def _cells(column: Column, rows: Sequence[Row], zone: str) -> list[Text]:
    """Return the cells of a column from top to bottom."""
    if column.kind == "key":
        return [Text(visible(key)) for key in keys_apart([row.get(column.key) for row in rows])]
    return [Text(visible(readable(column, row, zone)), style=_style(column, row)) for row in rows]


def _style(column: Column, row: Row) -> str:
    value = row.get(column.key)
    if column.kind != "money" or value in {None, "0"}:
        return ""
    return LOSS if str(value).startswith("-") else GAIN
