"""How sure the trader is of an open trade; after it has closed nobody may say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.promises import labels
from coach.engine.rules.kept_checks.brier import forecasts
from coach.engine.rules.kept_checks.pairing import CheckIndex
from coach.engine.store import accounts, notes
from coach.engine.store.promises import checks as store
from coach.errors import Conflict
from coach.model.promises.confidence import require_percent
from coach.model.promises.events import ConfidenceGiven

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.model.trades import RoundTrip


def give(session: Session, trade: str, percent: int) -> RoundTrip:
    """Keep how sure the trader is that an open trade will close with a profit; return the trade.

    Conflict for a trade that has closed, or whose confidence was given already: the first counts.
    """
    require_percent(percent)
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        notes.take_turn(connection, user_id)
        trip = labels.trade_named(session, trade)
        _require_open(trip)
        _require_first(session, trip)
        names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
        about = trip, names[trip.account_id]
        store.give_confidence(connection, user_id, about, percent, session.clock())
        events.append(ConfidenceGiven(trade_id=trip.id, confidence=percent))
    return trip


def _require_open(trip: RoundTrip) -> None:
    if trip.closed_at is not None:
        closed = f"trade {trip.id[:8]} closed on {trip.closed_at:%Y-%m-%d %H:%M} UTC"
        rule = "confidence counts before a trade or while it is open, never afterwards"
        raise Conflict(("trade", trip.id), f"{closed}: {rule}", remedy="ask_before_trade")


def _require_first(session: Session, trip: RoundTrip) -> None:
    connection, user_id = session.connection, session.user.id
    index = CheckIndex(store.checks(connection, user_id))
    trades = store.trades_since(connection, user_id, trip.opened_at)
    found = forecasts(index, store.confidences(connection, user_id), trades).get(trip.id)
    if found is not None:
        given = f"{found.percent} % on {found.given_at:%Y-%m-%d %H:%M} UTC"
        what = f"confidence in trade {trip.id[:8]} was given already ({given}): the first counts"
        raise Conflict(("trade", trip.id), what, remedy="list_checks")
