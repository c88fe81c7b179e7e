"""Trades by the window: the ids of those that are seen, the same whole, and how many there are."""

from collections.abc import Sequence

from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeView
from coach.engine.store import accounts, notes, trades
from coach.engine.store.browse import trade_keys as store
from coach.engine.store.browse.trade_keys import TradeOrder, TradeSearch, TradeSort, TradeWindow
from coach.model.trades import TradeId, outcome

__all__ = ["TradeOrder", "TradeSearch", "TradeSort", "TradeWindow"]


def trade_ids(
    session: Session, search: TradeSearch, sort: TradeSort, window: TradeWindow
) -> list[TradeId]:
    """Return the ids in a window of the trades that are wanted."""
    conclude_due(session)
    return store.trade_keys(session.connection, session.user.id, search, sort, window)


def trade_count(session: Session, search: TradeSearch) -> int:
    """Return how many trades are wanted; it takes longer than a window of them."""
    return store.trade_count(session.connection, session.user.id, search)


def trade_page(session: Session, ids: Sequence[TradeId]) -> list[TradeView]:
    """Return these trades in the order of their ids; one that is gone meanwhile is left out.

    How far they went is left out: it takes their candles.
    """
    connection, user_id = session.connection, session.user.id
    names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
    found = {trip.id: trip for trip in trades.listed(connection, user_id, ids)}
    tags, noted = store.tagged_of(connection, user_id, ids), notes.counts(connection, user_id)
    return [
        TradeView(
            trip=trip,
            account=names[trip.account_id],
            outcome=None
            if trip.closed_at is None
            else outcome(trip.net, trip.fees, trip.other_fees),
            tags=tags.get(trip.id, ()),
            notes=noted.get(trip.id, 0),
        )
        for trip in (found[name] for name in ids if name in found)
    ]
