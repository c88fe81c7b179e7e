"""Where a table's rows come from: a list that is all here, or a window on one that is not."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from coach.views.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 64
"""Rows that are read at once: those that a screen shows, and some beside them."""
MOST_PAGES = 40
"""Pages that are kept; those that were needed longest ago leave."""


class RowSource(Protocol):
    """Rows by their place; None for one that is on its way.

    `is_counted` says whether the length is that of the whole list.
    """

    is_counted: bool

    def __len__(self) -> int:
        """Return how many there are."""

    def row(self, place: int) -> Row | None:
        """Return a row, or None where it is still asked for."""

    def here(self) -> Iterator[Row]:
        """Yield the rows that are here already."""


class ListedRows:
    """Rows that are all here."""

    is_counted = True

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, place: int) -> Row | None:
        """Return a row."""
        return self._rows[place]

    def here(self) -> Iterator[Row]:
        """Yield every row."""
        return iter(self._rows)


class WindowedRows:
    """Rows of which only some pages are here; `want` is called with a page to bring.

    It must hand the rows over with `put`. Pages beside what is seen are asked for before they are
    seen.
    """

    def __init__(
        self, length: int, want: "Callable[[WindowedRows, int], None]", *, is_counted: bool = True
    ) -> None:
        self._length = length
        self.is_counted = is_counted
        self._want = want
        self._pages: dict[int, Sequence[Row | None]] = {}
        self._asked: set[int] = set()

    def __len__(self) -> int:
        return self._length

    def row(self, place: int) -> Row | None:
        """Return a row, or ask for its page; None, too, for one that is gone meanwhile."""
        page, at = divmod(place, PAGE)
        found = self._pages.get(page)
        if found is None:
            self._ask(page)
            return None
        self._ask(page + 1 if 2 * at >= PAGE else page - 1)
        return found[at] if at < len(found) else None

    def _ask(self, page: int) -> None:
        is_one = 0 <= page * PAGE < self._length
        if is_one and page not in self._pages and page not in self._asked:
            self._asked.add(page)
            self._want(self, page)

    def here(self) -> Iterator[Row]:
        """Yield the rows of the pages that came."""
        for page in self._pages.values():
            yield from (row for row in page if row is not None)

    def put(self, page: int, rows: Sequence[Row | None]) -> None:
        """Keep the rows of a page, in the order of the list; None stands for one that is gone."""
        self._asked.discard(page)
        self._pages.pop(page, None)
        self._pages[page] = rows
        while len(self._pages) > MOST_PAGES:
            self._pages.pop(next(iter(self._pages)))

    def failed(self, page: int) -> None:
        """Ask for a page again when it is needed: it could not be read."""
        self._asked.discard(page)

    def counted(self, length: int) -> None:
        """Learn how long the whole list is."""
        self._length, self.is_counted = length, True
