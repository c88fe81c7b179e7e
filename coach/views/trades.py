"""Trades: round trips from flat to flat, closed or still open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.trades import Direction, Outcome, PartialClose
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.trades import TradeView

TRADES = (
    Column("id"),
    Column("account"),
    Column("symbol"),
    Column("side"),
    Column("opened_at"),
    Column("closed_at"),
    Column("quantity"),
    Column("entry"),
    Column("exit"),
    Column("quote"),
    Column("gross"),
    Column("fees"),
    Column("net"),
    Column("outcome"),
    Column("holding_s"),
    Column("mae"),
    Column("mfe"),
    Column("mae_reason"),
    Column("mae_source"),
    Column("mae_granularity"),
    Column("r"),
    Column("r_reason"),
    Column("fills"),
    Column("other_fees"),
    Column("tags"),
    Column("notes"),
)
OPEN_TRADES = (*TRADES, Column("open_quantity"), Column("held_quantity"), Column("partial_closes"))


class TradeRow(TypedDict):
    """A round trip in its quote currency; what cannot be told has a reason.

    `mae` and `mfe` are fractions of the entry price, `r` is the result in units of the stop.
    `notes` is how many notes the trader wrote on it.
    """

    id: str
    account: str
    symbol: str
    side: Direction
    opened_at: datetime
    closed_at: datetime | None
    quantity: Decimal
    entry: Decimal
    exit: Decimal | None
    quote: str
    gross: Decimal
    fees: Decimal
    net: Decimal
    outcome: Outcome | None
    holding_s: float | None
    mae: Decimal | None
    mfe: Decimal | None
    mae_reason: str | None
    mae_source: str | None
    mae_granularity: str | None
    r: Decimal | None
    r_reason: str | None
    fills: int
    other_fees: Mapping[str, Decimal]
    tags: Sequence[str]
    notes: int


class PartialCloseRow(TypedDict):
    """What a closing fill realised that left the trade open."""

    at: datetime
    fill_id: bytes
    quantity: Decimal
    gross: Decimal
    fees: Decimal


class OpenTradeRow(TradeRow):
    """An open round trip; its result is that of its partial closes.

    `held_quantity` is how much of `open_quantity` is left by following the coin through its
    account: none where it was sold under another quote, sent away or converted, and is over.
    """

    open_quantity: Decimal
    held_quantity: Decimal
    partial_closes: list[PartialCloseRow]


def trade(view: "TradeView") -> TradeRow:
    """Return a round trip."""
    trip, reached = view.trip, view.reached
    return {
        "id": trip.id,
        "account": view.account,
        "symbol": trip.symbol,
        "side": trip.side,
        "opened_at": trip.opened_at,
        "closed_at": trip.closed_at,
        "quantity": trip.quantity,
        "entry": trip.entry,
        "exit": trip.exit,
        "quote": trip.symbol.rpartition("-")[2],
        "gross": trip.gross,
        "fees": trip.fees,
        "net": trip.net,
        "outcome": view.outcome,
        "holding_s": holding_seconds(trip.opened_at, trip.closed_at),
        "mae": reached.mae,
        "mfe": reached.mfe,
        "mae_reason": reached.mae_reason or None,
        "mae_source": reached.source or None,
        "mae_granularity": reached.granularity,
        "r": reached.r,
        "r_reason": reached.r_reason or None,
        "fills": trip.fills,
        "other_fees": trip.other_fees,
        "tags": view.tags,
        "notes": view.notes,
    }


def holding_seconds(opened_at: datetime, closed_at: datetime | None) -> float | None:
    """Return how long a trade was held, whole where it can be, None while it is open."""
    if closed_at is None:
        return None
    span = (closed_at - opened_at).total_seconds()
    return int(span) if span.is_integer() else span


def open_trade(view: "TradeView") -> OpenTradeRow:
    """Return an open round trip, with what was realised of it so far."""
    return {
        **trade(view),
        "open_quantity": view.open_quantity,
        "held_quantity": view.open_quantity if view.held is None else view.held,
        "partial_closes": [partial_close(part) for part in view.trip.partial_closes],
    }


def partial_close(part: PartialClose) -> PartialCloseRow:
    """Return what a closing fill realised."""
    return {
        "at": part.at,
        "fill_id": part.key,
        "quantity": part.quantity,
        "gross": part.gross,
        "fees": part.fees,
    }
