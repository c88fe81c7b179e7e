"""Words for a browser: each line as it is, and as it stands while money is hidden."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from coach.advice.privacy import HIDDEN, hide_amounts
from coach.advice.readable import readable
from coach.views.table import Column, Row
from coach.wording.visible import visible

if TYPE_CHECKING:
    from coach.model.events import Json

MONEY = frozenset({"money", "fee"})
SIZES = frozenset({"quantity", "open_quantity", "held_quantity"})
LEFT = frozenset({"text", "key", "time", "date"})


def said(line: str) -> "dict[str, Json]":
    """Return a line, and the same with dots in place of every amount."""
    shown = visible(line)
    return {"text": shown, "hidden": hide_amounts(shown)}


def said_lines(lines: Iterable[str]) -> "list[Json]":
    """Return lines, each as it is and as it is hidden."""
    return [said(line) for line in lines]


def heads(columns: Sequence[Column]) -> "list[Json]":
    """Return the heads of a table: what each column is called, and how it is set."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "kind": one.kind,
            "left": one.kind in LEFT,
            "secret": is_secret(one),
        }
        for one in columns
    ]


def is_secret(column: Column) -> bool:
    """Say whether a column holds money or a size."""
    return column.kind in MONEY or column.key in SIZES


def words_of(columns: Sequence[Column], row: Row, zone: str) -> "dict[str, Json]":
    """Return the cells of a row as a person reads them, by the names of their columns."""
    return {one.key: visible(readable(one, row, zone)) for one in columns}


def with_words(columns: Sequence[Column], row: Row, zone: str) -> "dict[str, Json]":
    """Return a row with its cells in words."""
    return {**row, "words": words_of(columns, row, zone)}


__all__ = ["HIDDEN", "heads", "is_secret", "said", "said_lines", "with_words", "words_of"]
