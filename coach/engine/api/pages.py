"""Which part of a list is asked for: a page of it, or its newest rows."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from coach.errors import NotFound
from coach.values import dataclass

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows that come after the one named `after`, at most `limit`; or the `newest` so many."""

    after: str | None = None
    limit: int | None = None
    newest: int | None = None


WHOLE_LIST = ListPage()


def part_of(found: Sequence[One], page: ListPage, name_of: Callable[[One], str]) -> Sequence[One]:
    """Return the part of a list that is asked for; NotFound where no row is the one to go on after.

    Whoever reads more for each row cuts the list first.
    """
    if page.newest is not None:
        return found[-page.newest :]
    begin = 0
    if page.after is not None:
        places = {name_of(one): place for place, one in enumerate(found)}
        if page.after not in places:
            raise no_such_row(page.after)
        begin = places[page.after] + 1
    return found[begin:] if page.limit is None else found[begin : begin + page.limit]


def no_such_row(name: str) -> NotFound:
    """Return the error for a row that is not in a list, or is there no more."""
    return NotFound(hint="read the list from its beginning", kind="row", name=name)
