"""How the columns of a table share the width of a screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from coach.advice.readable import readable
from coach.views.table import Column, Kind, Row
from coach.wording.visible import visible

GAP = 2
HIDDEN = "•••"
SIZES = frozenset({"quantity", "open_quantity", "held_quantity"})
LEFT = frozenset({"text", "key", "time", "date"})
SAME_WIDTHS: Mapping[Kind, int] = {"time": 16, "date": 10, "key": 8}
"""Kinds whose cells are all as wide: they need not be read to be measured."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: `rank` 1 leaves last where room is short; `least` and `most` bound its width."""

    column: Column
    rank: int = 1
    least: int = 0
    most: int = 60

    @property
    def is_left(self) -> bool:
        """Say whether its cells stand at the left."""
        return self.column.kind in LEFT

    def text(self, row: Row, zone: str, *, private: bool = False) -> str:
        """Return the cell of a row; in private, money and sizes are dots."""
        secret = self.column.kind in {"money", "fee"} or self.column.key in SIZES
        if private and secret and row.get(self.column.key) is not None:
            return HIDDEN
        return visible(readable(self.column, row, zone))


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """The columns that are shown, each with its width, and the cells of a line."""

    columns: tuple[TableColumn, ...]
    widths: tuple[int, ...]
    width: int

    @property
    def spare(self) -> int:
        """Return the cells right of the last column."""
        return self.width - sum(self.widths) - GAP * (len(self.widths) - 1)


def wanted_widths(
    columns: Sequence[TableColumn], rows: Iterable[Row], zone: str, known: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return how wide the columns want to be: as the rows, and as is known of other rows."""
    wanted = list(known) or [_least(one) for one in columns]
    unknown = [n for n, one in enumerate(columns) if one.column.kind not in SAME_WIDTHS]
    for row in rows:
        for place in unknown:
            one = columns[place]
            if wanted[place] < one.most:
                wanted[place] = max(wanted[place], cell_len(one.text(row, zone)))
    return tuple(min(size, one.most) for size, one in zip(wanted, columns, strict=True))


def _least(one: TableColumn) -> int:
    return max(one.least, cell_len(one.column.title), SAME_WIDTHS.get(one.column.kind, 0))


def share_width(columns: Sequence[TableColumn], wanted: Sequence[int], width: int) -> ColumnLayout:
    """Return which columns fit into a width: those of the lowest ranks."""
    chosen = _that_fit(columns, wanted, width)
    widths = [wanted[place] for place in chosen]
    spare = width - sum(widths) - GAP * (len(widths) - 1)
    if spare < 0 and widths:
        widths[-1] = max(1, widths[-1] + spare)
    return ColumnLayout(tuple(columns[place] for place in chosen), tuple(widths), width)


def _that_fit(columns: Sequence[TableColumn], wanted: Sequence[int], width: int) -> list[int]:
    """Return the places of the columns that fit; a text that does not may be cut, if long."""
    left, chosen = width, list[int]()
    for place in sorted(range(len(columns)), key=lambda one: (columns[one].rank, one)):
        one, size = columns[place], wanted[place]
        gap = GAP if chosen else 0
        short = min(size, max(one.least, 12)) if one.column.kind == "text" else size
        if not chosen or short + gap <= left:
            chosen.append(place)
            left -= min(size, max(left - gap, short)) + gap
    return sorted(chosen)
