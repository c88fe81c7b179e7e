"""Rows of a noun and the choice of columns among their fields.

A table is a choice of fields from rows that already stand in the JSON data. A column's kind tells
a face how to set it; TSV and JSON do not care.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from coach.model.events import Json
from coach.model.plain import plain
from coach.values import dataclass

Kind = Literal["text", "key", "time", "date", "number", "statistic", "money", "fee", "duration"]
Row = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the rows. `title` heads it on a screen; without one it is left out there.

    `money` carries a sign and is coloured by it, a `fee` is not; both are in the currency that the
    row's `currency` field names. Of a `key` a screen shows as much as tells it apart from the
    others in its column.
    """

    key: str
    title: str = ""
    kind: Kind = "text"
    currency: str = "quote"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values, and which of their fields to show."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    empty: str = "nothing yet"


def json_row(value: Mapping[str, object]) -> dict[str, Json]:
    """Return a row as JSON carries it."""
    return {key: plain(item) for key, item in value.items()}


def rows(values: Sequence[Mapping[str, object]]) -> list[dict[str, Json]]:
    """Return rows as JSON carries them."""
    return [json_row(value) for value in values]
