"""The rows of the trades' table, and the lines behind one of them."""

from typing import TYPE_CHECKING

from coach.advice.why import trade_lines
from coach.engine.api import habits, why
from coach.engine.api.browse.trade_labels import TradeLabels, trade_labels
from coach.engine.api.browse.trade_pages import trade_page
from coach.engine.api.fills import single
from coach.engine.api.trades import TradeView
from coach.tui.panels.record_rows import reported_lines
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.price_chart import chart_lines
from coach.views import trades as views
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.browse.trade_pages import TradeOrder
    from coach.engine.api.session import Session
    from coach.model.trades import TradeId
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("symbol", "symbol"), 1, least=7, most=16),
    TableColumn(Column("closed_at", "closed", "time"), 1, least=16),
    TableColumn(Column("net", "net", "money"), 1, least=11),
    TableColumn(Column("tags", "tags"), 2, least=12, most=34),
    TableColumn(Column("holding_s", "held", "duration"), 3, least=10),
    TableColumn(Column("fees", "fees", "fee"), 4, least=8),
    TableColumn(Column("opened_at", "opened", "time"), 5, least=16),
    TableColumn(Column("id", "trade", "key"), 5, least=8),
    TableColumn(Column("notes", "notes", "number"), 6),
    TableColumn(Column("quantity", "size", "number"), 7, least=10),
    TableColumn(Column("account", "account"), 8),
)
NEEDED = frozenset({*(one.column.key for one in COLUMNS), "quote"})
"""Fields of a trade that its row has; to put the others into plain values takes as long again."""
ORDERS: "tuple[TradeOrder, ...]" = ("closed", "net", "held", "fees", "symbol", "opened")
HEADS = {
    "closed": "closed_at",
    "net": "net",
    "held": "holding_s",
    "fees": "fees",
    "symbol": "symbol",
    "opened": "opened_at",
}


def read_rows(session: "Session", ids: "Sequence[TradeId]") -> "list[Row | None]":
    """Return the rows of these trades; None for one that is gone meanwhile."""
    found = {view.trip.id: _row(view) for view in trade_page(session, ids)}
    return [found.get(name) for name in ids]


def _row(view: TradeView) -> "Row":
    row = json_row({key: value for key, value in views.trade(view).items() if key in NEEDED})
    short = " short" if view.trip.side == "short" else ""
    return {**row, "symbol": f"{view.trip.symbol}{short}", "notes": view.notes or None}


def read_behind(session: "Session", trade: "TradeId", zone: str) -> tuple[str, ...]:
    """Return the lines that stand behind a trade."""
    found = why.of_trade(session, trade)
    tags = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(
        found.trip, found.account, found.outcome, tags, found.reached, len(found.notes)
    )
    labels = trade_labels(session, found.trip.id)
    words = habits.words_of(session)
    chart = () if found.path is None else (*chart_lines(found.path, found.trip), "")
    more = reported_lines(single.reported_otherwise(session, trade))
    return (*_asked(labels), *chart, *trade_lines(found, view, words, zone), *more)


def _asked(labels: TradeLabels) -> "Iterator[str]":
    """Yield the tags that nothing was said of, as questions."""
    for bias in labels.unlabelled:
        yield f"Was it {bias}?  Y yes  N no  U unsure"
    if labels.unlabelled:
        yield ""
