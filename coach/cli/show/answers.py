"""What a command says, before anybody decides how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.values import dataclass

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.views.table import Table


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
