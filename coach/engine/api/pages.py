"""Which part of a list is asked for: a page of it, or its newest rows."""

from dataclasses import dataclass

from coach.errors import NotFound


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows that come after the one named `after`, at most `limit`; or the `newest` so many."""

    after: str | None = None
    limit: int | None = None
    newest: int | None = None


WHOLE_LIST = ListPage()


def no_such_row(name: str) -> NotFound:
    """Return the error for a row that is not in a list, or is there no more."""
    return NotFound(hint="read the list from its beginning", kind="row", name=name)
