"""Pages of a list: what comes after a row, and no more than so many."""

from collections.abc import Sequence
from typing import TypeVar

from coach.errors import NotFound
from coach.views.table import Row

MOST_ROWS = 2**31 - 1
"""Of a page; more than any list has, and what every database counts to."""

OneRow = TypeVar("OneRow", bound=Row)


def rows_of_page(
    rows: Sequence[OneRow], key: str, after: str | None, limit: int | None
) -> Sequence[OneRow]:
    """Return rows of a list that come after the one with that key, at most `limit`.

    NotFound where no row has that key any more: the list is read anew.
    """
    begin = 0 if after is None else _place(rows, key, after) + 1
    return rows[begin:] if limit is None else rows[begin : begin + limit]


def _place(rows: Sequence[Row], key: str, after: str) -> int:
    for place, row in enumerate(rows):
        if str(row[key]) == after:
            return place
    raise NotFound(hint="read the list from its beginning", kind="row", name=after)
