"""Trades: the ids of all that are wanted first, then as many whole as are seen; one in full."""

from collections import deque
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.advice.trade_search import HELP, read_search
from coach.advice.why import trade_lines
from coach.engine.api import habits, sight
from coach.engine.api import trades as trades_api
from coach.engine.api import why as why_api
from coach.engine.api.browse.trade_labels import trade_labels
from coach.engine.api.browse.trade_pages import (
    TradeOrder,
    TradeSort,
    TradeWindow,
    trade_count,
    trade_ids,
    trade_page,
)
from coach.engine.api.trades import TradeView
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery, RouteQuery
from coach.server.screens.said import heads, said, said_lines, with_words
from coach.views import trades as views
from coach.views.table import Column, json_row
from coach.wording.numbers import counted, percent, quantity

if TYPE_CHECKING:
    from coach.engine.api.why import TradeEvidence
    from coach.model.events import Json
    from coach.model.trades import RoundTrip

COLUMNS = (
    Column("symbol", "symbol"),
    Column("closed_at", "closed", "time"),
    Column("net", "net", "money"),
    Column("tags", "tags"),
    Column("holding_s", "held", "duration"),
    Column("fees", "fees", "fee"),
    Column("opened_at", "opened", "time"),
    Column("quantity", "size", "number"),
    Column("notes", "notes", "number"),
    Column("account", "account"),
)
ORDERS: "dict[str, Json]" = {
    "closed": "closed_at",
    "net": "net",
    "held": "holding_s",
    "fees": "fees",
    "symbol": "symbol",
    "opened": "opened_at",
}
MOST_POINTS = 2_000


class SearchQuery(RouteQuery):
    """Which trades, in which order."""

    words: Annotated[str, Field(description="Words that narrow the list, as at the terminal.")] = ""
    order: TradeOrder = "closed"
    falling: bool = True


class RowsQuery(RouteQuery):
    """Which trades."""

    id: tuple[str, ...] = ()


def trade_list(call: ApiCall, query: SearchQuery) -> ApiAnswer:
    """Return the ids of the trades that are wanted, in order, joined by spaces."""
    search = read_search(query.words, call.zone, call.session.clock())
    sort = TradeSort(query.order, query.falling)
    ids = trade_ids(call.session, search, sort, TradeWindow(0, trade_count(call.session, search)))
    what = f" for {query.words}" if query.words else ""
    order = f"by {query.order}, {'falling' if query.falling else 'rising'}"
    return ApiAnswer(
        "screens trades",
        {
            "count": len(ids),
            "sum": f"{counted(len(ids), 'trade')}{what}, {order}",
            "ids": " ".join(ids),
            "help": HELP,
            "columns": heads(COLUMNS),
            "orders": ORDERS,
            "habits": list(sight.bias_names(call.session)),
        },
    )


def trade_rows(call: ApiCall, query: RowsQuery) -> ApiAnswer:
    """Return these trades in the order of their ids, with words; those that are gone are not."""
    found = trade_page(call.session, query.id)  # type: ignore[arg-type] # ids as others wrote them
    return ApiAnswer("screens trades", [_row(one, call.zone) for one in found])


def _row(view: TradeView, zone: str) -> "Json":
    row = json_row(views.trade(view))
    short = " short" if view.trip.side == "short" else ""
    told = {**row, "symbol": f"{view.trip.symbol}{short}", "notes": view.notes or None}
    return {**row, "words": with_words(COLUMNS, told, zone)["words"]}


def one_trade(call: ApiCall, _: NoQuery, trade: str) -> ApiAnswer:
    """Return what stands behind a trade: its lines, its candles, what was asked of it."""
    found = why_api.of_trade(call.session, trade)
    tags = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(
        found.trip, found.account, found.outcome, tags, found.reached, len(found.notes)
    )
    labels = trade_labels(call.session, found.trip.id)
    first, *lines = trade_lines(found, view, habits.words_of(call.session), call.zone)
    return ApiAnswer(
        "screens trade",
        {
            "id": found.trip.id,
            "title": said(first),
            "lines": said_lines(line for line in lines if not _is_drawn(line)),
            "asked": [{"bias": one, "text": f"Was it {one}?"} for one in labels.unlabelled],
            "answers": {bias: label.answer for bias, label in labels.answers.items()},
            "chart": _chart(found),
        },
    )


def _is_drawn(line: str) -> bool:
    """Say whether a line is a drawing by letters, in place of which a browser has a picture."""
    return bool(line.strip()) and not set(line.strip()) - set("▁▂▃▄▅▆▇█")


def _chart(found: "TradeEvidence") -> "Json":
    if found.path is None:
        return None
    trip = found.trip
    return {
        "source": found.path.source,
        "step_s": found.path.step_s,
        "bars": [[b.start_us / 1e6, b.open, b.high, b.low, b.close] for b in found.path.bars],
        "entry": [trip.opened_at.timestamp(), float(trip.entry)],
        "exit": _exit(trip),
        "words": said(_chart_words(found)),
    }


def _exit(trip: "RoundTrip") -> "Json":
    if trip.closed_at is None or trip.exit is None:
        return None
    return [trip.closed_at.timestamp(), float(trip.exit)]


def _chart_words(found: "TradeEvidence") -> str:
    trip = found.trip
    exit_ = "still open" if trip.exit is None else f"exit at {quantity(trip.exit)}"
    return f"Prices of {trip.symbol} around the trade: entry at {quantity(trip.entry)}, {exit_}"


def excursions(call: ApiCall, query: SearchQuery) -> ApiAnswer:
    """Return how far the newest of these trades went against and with the trader."""
    search = read_search(query.words, call.zone, call.session.clock())
    newest = TradeSort("closed", falling=True)
    wanted = set(trade_ids(call.session, search, newest, TradeWindow(0, MOST_POINTS)))
    views_ = deque(trades_api.round_trips(call.session), MOST_POINTS)
    shown = [one for one in views_ if one.trip.id in wanted]
    known = [one for one in shown if one.reached.mae is not None and one.reached.mfe is not None]
    return ApiAnswer(
        "screens excursions",
        {
            "points": [_point(one) for one in known],
            "unknown": len(shown) - len(known),
            "sum": said(
                f"{counted(len(known), 'trade')} with known MAE and MFE"
                f" of {counted(len(shown), 'trade')}"
            ),
        },
    )


def _point(view: TradeView) -> "Json":
    mae, mfe = view.reached.mae, view.reached.mfe
    assert mae is not None
    assert mfe is not None
    words = f"MAE {percent(float(mae))}, MFE {percent(float(mfe))}"
    return {
        "id": view.trip.id,
        "symbol": view.trip.symbol,
        "mae": str(mae),
        "mfe": str(mfe),
        "outcome": view.outcome,
        "words": f"{view.trip.symbol}: {words}, {view.outcome or 'outcome not known'}",
    }
