"""A table for a person: aligned, folded to the screen, colour only as decoration.

Only texts fold. A screen too narrow for the numbers gets a line per cell.
The one module that knows Rich; it is imported when a table is drawn on a terminal and never before.
"""

from collections.abc import Iterator
from io import StringIO
from typing import Literal

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from coach.cli.answers import Column, Row, Table
from coach.cli.reading import readable
from coach.cli.screen import Screen, wrapped

LEFT = frozenset({"text", "key", "time", "date"})
GAP = 2
LEAST_OF_A_TEXT = 8
GAIN = "bright_blue"
LOSS = "yellow"


def drawn(table: Table, screen: Screen) -> Iterator[str]:
    """Yield the lines of a table that fits the screen."""
    shown = [column for column in table.columns if column.title]
    lines = [[_cell(column, row, screen.zone) for column in shown] for row in table.rows]
    if not _room_for_numbers(shown, lines, screen.width):
        return _listed(shown, lines, screen)
    grid = RichTable(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in shown:
        keep = column.kind != "text"
        grid.add_column(column.title, justify=_side(column), overflow="fold", no_wrap=keep)
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


def _room_for_numbers(shown: list[Column], lines: list[list[Text]], width: int) -> bool:
    needed = 0
    for place, column in enumerate(shown):
        widest = max(len(column.title), *(line[place].cell_len for line in lines))
        needed += GAP + (min(widest, LEAST_OF_A_TEXT) if column.kind == "text" else widest)
    return needed - GAP <= width


def _side(column: Column) -> Literal["left", "right"]:
    return "left" if column.kind in LEFT else "right"


def _cell(column: Column, row: Row, zone: str) -> Text:
    return Text(readable(column, row, zone), style=_style(column, row))


def _style(column: Column, row: Row) -> str:
    value = row.get(column.key)
    if column.kind != "money" or value in {None, "0"}:
        return ""
    return LOSS if str(value).startswith("-") else GAIN
