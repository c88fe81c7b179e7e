"""Where a table's rows come from: a list that is all here, or a window on one that is not."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from coach.views.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 100
MOST_PAGES = 40
"""Pages that are kept; those that were needed longest ago leave."""


class RowSource(Protocol):
    """Rows by their place; None for one that is on its way."""

    def __len__(self) -> int:
        """Return how many there are."""

    def row(self, place: int) -> Row | None:
        """Return a row, or None where it is still asked for."""

    def here(self) -> Iterator[Row]:
        """Yield the rows that are here already."""


class ListedRows:
    """Rows that are all here."""

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
    """Rows of which only the ids are here; `want` is called with a page to bring.

    It must hand the rows over with `put`.
    """

    def __init__(self, ids: Sequence[str], want: "Callable[[WindowedRows, int], None]") -> None:
        self.ids = ids
        self._want = want
        self._pages: dict[int, dict[str, Row]] = {}
        self._asked: set[int] = set()

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, place: int) -> Row | None:
        """Return a row, or ask for its page."""
        page = place // PAGE
        found = self._pages.get(page)
        if found is None:
            if page not in self._asked:
                self._asked.add(page)
                self._want(self, page)
            return None
        return found.get(self.ids[place])

    def here(self) -> Iterator[Row]:
        """Yield the rows of the pages that came."""
        for page in self._pages.values():
            yield from page.values()

    def ids_of(self, page: int) -> Sequence[str]:
        """Return the ids of a page."""
        return self.ids[page * PAGE : (page + 1) * PAGE]

    def put(self, page: int, rows: Sequence[Row]) -> None:
        """Keep the rows of a page."""
        self._asked.discard(page)
        self._pages.pop(page, None)
        self._pages[page] = {str(row["id"]): row for row in rows}
        while len(self._pages) > MOST_PAGES:
            self._pages.pop(next(iter(self._pages)))
