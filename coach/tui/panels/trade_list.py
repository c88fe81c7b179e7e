"""The list of trades by the window: which are wanted, and the rows of the page that is seen."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coach.advice.trade_search import read_search
from coach.engine.api.browse.trade_pages import TradeSort, TradeWindow, trade_count, trade_ids
from coach.tui.panels.trade_rows import read_rows
from coach.tui.widgets.row_sources import PAGE

if TYPE_CHECKING:
    from coach.engine.api.browse.trade_pages import TradeSearch
    from coach.engine.api.session import Session
    from coach.model.trades import TradeId
    from coach.views.table import Row

NEAR = 300
"""Places before and after the cursor in which the current trade is looked for after a change."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which list: the words that were typed, its order, the current row and the trade there.

    `length` is how long the list was when it was counted, None where nothing is known of it.
    """

    text: str
    sort: TradeSort
    cursor: int = 0
    trade: "TradeId | None" = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class TradeList:
    """A list of trades of which a page is here; where it was not counted, `length` is the least."""

    search: "TradeSearch"
    request: ListRequest
    length: int
    is_counted: bool
    cursor: int
    pages: "dict[int, list[Row | None]]" = field(default_factory=dict)


def read_list(session: "Session", request: ListRequest, zone: str) -> TradeList:
    """Read the page around the current row; the list is counted only where that page needs it."""
    search = read_search(request.text, zone, session.clock())
    length, cursor = request.length, request.cursor
    if length is None and cursor:
        length = trade_count(session, search)
    around = NEAR if cursor else 0
    start = max(0, min(cursor, (length or 1) - 1) // PAGE * PAGE - around)
    window = TradeWindow(start, 2 * (around + PAGE), length)
    ids = trade_ids(session, search, request.sort, window)
    if request.trade in ids and cursor:
        cursor = start + ids.index(request.trade)
    if len(ids) < window.count and length is None:
        length = start + len(ids)
    least = start + len(ids) if length is None else length
    cursor = max(0, min(cursor, least - 1))
    first = cursor // PAGE * PAGE
    rows = read_rows(session, ids[first - start : first - start + PAGE])
    return TradeList(search, request, least, length is not None, cursor, {first // PAGE: rows})


def read_page(
    session: "Session", found: TradeList, page: int, length: int | None
) -> "list[Row | None]":
    """Read a page of the list."""
    window = TradeWindow(page * PAGE, PAGE, length)
    return read_rows(session, trade_ids(session, found.search, found.request.sort, window))
