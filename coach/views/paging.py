"""Pages of a list: what comes after a row, and no more than so many.

A row is named by one of its fields, or by several joined with colons (`rule_id:revision`); a field
without a value is left out of the name.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from coach.errors import NotFound, UsageError
from coach.views.table import Row

if TYPE_CHECKING:
    from coach.engine.api.pages import ListPage

MOST_ROWS = 2**31 - 1
"""Of a page; more than any list has, and what every database counts to."""

OneRow = TypeVar("OneRow", bound=Row)


def rows_of_page(
    rows: Sequence[OneRow], key: str, after: str | None, limit: int | None
) -> Sequence[OneRow]:
    """Return rows of a list that come after the one that `key` names so, at most `limit`.

    NotFound where no row has that name any more: the list is read anew.
    """
    begin = 0 if after is None else _place(rows, key, after) + 1
    return rows[begin:] if limit is None else rows[begin : begin + limit]


def list_page(after: str | None, limit: int | None, last: int | None) -> "ListPage":
    """Return which part of a list is asked for; UsageError where it is a page and the newest."""
    from coach.engine.api.pages import ListPage

    if last is not None and (limit is not None or after is not None):
        hint = "for the newest rows alone leave out limit and after"
        raise UsageError(hint, what="last stands beside limit or after")
    return ListPage(after, limit, last)


def row_name(row: Row, key: str) -> str:
    """Return the name of a row, by which the next page is asked for."""
    values = (row[field] for field in key.split(":"))
    return ":".join(str(value) for value in values if value is not None)


def _place(rows: Sequence[Row], key: str, after: str) -> int:
    for place, row in enumerate(rows):
        if row_name(row, key) == after:
            return place
    raise NotFound(hint="read the list from its beginning", kind="row", name=after)
