"""A table for a person: aligned, folded to the screen, colour only as decoration.

Only texts fold, between words. A screen too narrow for that gets a line per cell.
The one module that knows Rich; it is imported when a table is drawn on a terminal and never before.
"""

from collections.abc import Iterator
from io import StringIO
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from coach.cli.show.readable import readable
from coach.cli.show.screen import Screen, wrapped
from coach.cli.show.visible import visible
from coach.views.table import Column, Row, Table

LEFT = frozenset({"text", "key", "time", "date"})
GAP = 2
GAIN = "bright_blue"
LOSS = "yellow"


def drawn(table: Table, screen: Screen) -> Iterator[str]:
    """Yield the lines of a table that fits the screen."""
    shown = [column for column in table.columns if column.title]
    lines = [[_cell(column, row, screen.zone) for column in shown] for row in table.rows]
    least = [_least(column, place, lines) for place, column in enumerate(shown)]
    if sum(least) + GAP * (len(least) - 1) > screen.width:
        return _listed(shown, lines, screen)
    grid = RichTable(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column, width in zip(shown, least, strict=True):
        keep = column.kind != "text"
        grid.add_column(column.title, justify=_side(column), min_width=width, no_wrap=keep)
    for line in lines:
        grid.add_row(*line)
    return _printed(grid, screen)


def _listed(shown: list[Column], lines: list[list[Text]], screen: Screen) -> Iterator[str]:
    # A number that folds is another number: without room for a table every cell has its line.
    widest = max(len(column.title) for column in shown)
    for place, line in enumerate(lines):
        if place:
            yield ""
        for column, value in zip(shown, line, strict=True):
            yield from wrapped(f"{column.title:<{widest}}  {value.plain}", screen.width)


def _printed(grid: RichTable, screen: Screen) -> Iterator[str]:
    paper = StringIO()
    console = Console(
        file=paper,
        width=screen.width,
        force_terminal=True,
        color_system="standard" if screen.color else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(grid)
    return (line.rstrip() for line in paper.getvalue().splitlines())


def _least(column: Column, place: int, lines: list[list[Text]]) -> int:
    """Return the width below which a number or a word of the column would be cut."""
    cells = [column.title, *(line[place].plain for line in lines)]
    whole = cells if column.kind != "text" else [word for text in cells for word in text.split()]
    return max(map(cell_len, whole), default=0)


def _side(column: Column) -> Literal["left", "right"]:
    return "left" if column.kind in LEFT else "right"


def _cell(column: Column, row: Row, zone: str) -> Text:
    return Text(visible(readable(column, row, zone)), style=_style(column, row))


def _style(column: Column, row: Row) -> str:
    value = row.get(column.key)
    if column.kind != "money" or value in {None, "0"}:
        return ""
    return LOSS if str(value).startswith("-") else GAIN
