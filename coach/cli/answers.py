"""What a command says, before anybody decides how it looks.

A table is a choice of fields from rows that already stand in the JSON data. A column's kind tells
a terminal how to set it; TSV and JSON do not care.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.cli.plain import plain
from coach.model.events import Json

Kind = Literal["text", "key", "time", "date", "number", "statistic", "money", "fee", "duration"]
Row = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the rows. `title` heads it on a terminal; without one it is left out there.

    `money` carries a sign and is coloured by it, a `fee` is not; both are in the currency that the
    row's `currency` field names. A `key` is cut to what is enough to name it.
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


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer of one command.

    `data` becomes JSON. Piped, `text` is written as it stands, else `table` as TSV. On a terminal
    `lines` or the table `for_people` stand in for the table where it would not read well, and
    `below` follows it.
    `hints` are for a person who looks on.
    """

    command: str
    data: Json
    table: Table | None = None
    text: str | None = None
    for_people: Table | None = None
    lines: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def rows(values: Sequence[Mapping[str, object]]) -> list[dict[str, Json]]:
    """Return rows as JSON can carry them."""
    return [{key: plain(item) for key, item in value.items()} for value in values]
