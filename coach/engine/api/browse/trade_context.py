"""The context of a trade, filled in by what is stored: nobody has to type it."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.api import excursions
from coach.engine.api.excursions import TradeExcursion
from coach.engine.api.session import Session
from coach.engine.features.office_hours import sessions_at
from coach.engine.history.departed import departed
from coach.engine.ledger.exact import add
from coach.engine.rules.schema import sentence
from coach.engine.store.browse import moments
from coach.engine.store.promises import revisions
from coach.model.journal.trade_context import TradeContext
from coach.model.times import HOUR_US, WEEK_US, microseconds
from coach.model.trades import RoundTrip

if TYPE_CHECKING:
    from coach.model.rules import Revision, RuleId

BEFORE_US = WEEK_US + 2 * HOUR_US
"""What the volatility of an hour looks back on."""


def trade_context(session: Session, trip: RoundTrip, reached: TradeExcursion) -> TradeContext:
    """Return what stood around the entry of a trade; nothing that came later is read."""
    connection, user_id, at = session.connection, session.user.id, trip.opened_at
    lost = moments.last_loss(connection, user_id, at)
    gone = {name for name, us in departed(connection, user_id) if us <= microseconds(at)}
    beside = [
        one
        for one in moments.open_at(connection, user_id, at)
        if one.id != trip.id and one.id not in gone
    ]
    notional: dict[str, Decimal] = defaultdict(Decimal)
    for one in beside:
        quote = one.symbol.rpartition("-")[2]
        notional[quote] = add(notional[quote], one.notional)
    run_up, sigmas, volatility = _moves(session, trip, reached)
    return TradeContext(
        since_loss_s=None if lost is None else (at - lost).total_seconds(),
        open_trades=len(beside),
        open_notional=dict(notional),
        run_up=run_up,
        run_up_sigma=sigmas,
        volatility=volatility,
        rules=_rules_in_force(session, trip),
        sessions=sessions_at(at),
    )


def _moves(
    session: Session, trip: RoundTrip, reached: TradeExcursion
) -> tuple[float | None, float | None, float | None]:
    """Return the run-up of an hour, the same in sigma, and the volatility of an hour."""
    bars = excursions.candles_beside(session, trip, reached, BEFORE_US)
    if bars is None or bars.step_us > HOUR_US:
        return None, None, None
    import numpy as np

    from coach.engine.features import moves

    at, price = np.array([microseconds(trip.opened_at)]), np.array([float(trip.entry)])
    before = float(moves.prices_at(bars, at - HOUR_US)[0])
    sigmas = float(moves.z_moves(bars, at, price, HOUR_US)[0])
    sigma = float(moves.sigma_before(bars, at - HOUR_US)[0])
    hourly = sigma * float(np.sqrt(HOUR_US / bars.step_us))
    run_up = float(trip.entry) / before - 1
    found = (None if np.isnan(one) else one for one in (run_up, sigmas, hourly))
    first, second, third = found
    return first, second, third


def _rules_in_force(session: Session, trip: RoundTrip) -> tuple[str, ...]:
    """Return the sentences of the rules that were active when the trade was opened."""
    newest: dict[RuleId, Revision] = {}
    for one in revisions.revisions(session.connection, session.user.id):
        if one.at <= trip.opened_at:
            newest[one.rule.id] = one
    return tuple(sentence(one.rule) for one in newest.values() if one.state == "active")
