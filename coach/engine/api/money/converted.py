"""The net of closed trades in one currency, by the stored candles that contain what was realised.

Each closing fill of a trade is converted at its own candle, so that trades, weeks and the profit of
all add up to the same. Without a candle of one of them a trade has no value in that currency, and
is said to have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.money.base_currency import currency_named
from coach.engine.api.money.realised import rates_in
from coach.engine.ledger.conversion.sums import add_up, amounts, realised
from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.store import accounts, trades
from coach.engine.store.trades import TradeFilter
from coach.errors import NotFound
from coach.model.bookkeeping.converted import ConvertedTrade
from coach.model.fees import CandleClose

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.engine.ledger.conversion.rates import Rates
    from coach.model.bookkeeping.base_currency import BaseSums
    from coach.model.trades import RoundTrip


def converted(
    session: Session, currency: str, symbol: str | None = None, account: str | None = None
) -> list[ConvertedTrade]:
    """Return each closed trade with its net in that currency, oldest first."""
    wanted = currency_named(currency)
    connection, user_id = session.connection, session.user.id
    names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
    if account is not None and account not in names.values():
        raise NotFound(kind="account", name=account)
    with sight.reading(session):
        closed = TradeFilter(symbol=symbol, account=account)
        trips = list(trades.round_trips(connection, user_id, closed))
        rates = rates_in(session, list(realised(trips)), wanted)
    return [_converted(trip, names[trip.account_id], rates) for trip in trips]


def of_open_trades(
    session: Session, currency: str, symbol: str | None = None, account: str | None = None
) -> tuple[int, BaseSums]:
    """Return how many trades are open, and what their partial closes realised in a currency."""
    with sight.reading(session):
        found = list(trades.open_trips(session.connection, session.user.id, symbol, account))
        parts = list(realised(found))
        return len(found), add_up(parts, rates_in(session, parts, currency_named(currency)))


def _converted(trip: RoundTrip, account: str, rates: Rates) -> ConvertedTrade:
    quote = trip.symbol.rpartition("-")[2]
    assert trip.closed_at is not None
    whose = trip.id, account, trip.symbol, trip.closed_at, quote, trip.net, rates.currency
    value, candles = ZERO, dict[CandleClose, None]()
    for _, part in realised([trip]):
        rate = rates.at(quote, part.at)
        if rate is None:
            return ConvertedTrade(*whose, None)
        value = add(value, subtract(*amounts(quote, part, rate)))
        candles |= dict.fromkeys(rate)
    return ConvertedTrade(*whose, value, tuple(candles))
