"""`--after` and `--limit`: a list of many rows, page by page."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.show.answers import Answer
from coach.views.paging import MOST_ROWS, rows_of_page
from coach.views.table import Table

if TYPE_CHECKING:
    from coach.model.events import Json

After = Annotated[
    str | None, typer.Option(metavar="ID", help="Only what the list shows after this one.")
]
Last = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=MOST_ROWS, help="Only the newest so many.")
]
Limit = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=MOST_ROWS, help="At most so many.")
]


def page(answer: Answer, key: str, after: str | None, limit: int | None) -> Answer:
    """Return that page of an answer which is a list of rows, each named by its `key`.

    Lines for a terminal speak of the whole list: the table stands in for them.
    """
    if after is None and limit is None:
        return answer
    assert answer.table is not None
    rows = rows_of_page(answer.table.rows, key, after, limit)
    data: list[Json] = [dict(row) for row in rows]
    return replace(
        answer,
        data=data,
        table=replace(answer.table, rows=rows),
        for_people=_of_page(answer.for_people, key, after, limit),
        lines=(),
    )


def _of_page(table: Table | None, key: str, after: str | None, limit: int | None) -> Table | None:
    return table and replace(table, rows=rows_of_page(table.rows, key, after, limit))
