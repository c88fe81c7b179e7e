"""What was realised and what is open, told in one currency by the stored candles.

Realised money is converted close by close, each by the candle that contains its closing fill, as
weeks and `pnl --in` convert it. An open position is told at the newest stored candles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.history.rates import rates_of
from coach.engine.ledger.conversion.rates import convert, ways
from coach.engine.ledger.conversion.sums import add_up, realised, worth_of_all
from coach.engine.store import candles, trades
from coach.engine.store.trades import TradeFilter
from coach.model.bookkeeping.base_currency import BaseProfit, PositionWorth
from coach.model.fills import base_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from coach.engine.api.session import Session
    from coach.engine.ledger.conversion.rates import Rates
    from coach.engine.ledger.conversion.sums import Realised
    from coach.model.bookkeeping.base_currency import HeldPosition
    from coach.model.fees import CandleClose
    from coach.model.fills import Symbol

    Newest = Callable[[Symbol], CandleClose | None]


def base_profit(
    session: Session,
    held: Sequence[HeldPosition],
    symbol: str | None = None,
    account: str | None = None,
) -> BaseProfit:
    """Return the profit of some books, and what they hold, in the user's base currency.

    Raises what reading candles raises.
    """
    currency, connection, user_id = session.user.base_currency, session.connection, session.user.id
    with sight.reading(session):
        wanted = TradeFilter(symbol=symbol, account=account)
        closed = list(realised(trades.round_trips(connection, user_id, wanted)))
        still = list(realised(trades.open_trips(connection, user_id, symbol, account)))
        rates = rates_in(session, [*closed, *still], currency)
        worths = tuple(_worths(session, held, currency))
        return BaseProfit(
            add_up([*closed, *still], rates),
            add_up(still, rates),
            worths,
            worth_of_all(worths),
        )


def rates_in(session: Session, parts: Sequence[Realised], currency: str) -> Rates:
    """Return the rates at which what was realised becomes that currency.

    Raises what reading candles raises.
    """
    kept = candles.symbols(session.connection, session.user.id)
    return rates_of(parts, currency, kept, sight.close_reader(session))


def _worths(
    session: Session, held: Sequence[HeldPosition], currency: str
) -> Iterator[PositionWorth]:
    kept = candles.symbols(session.connection, session.user.id)
    read = sight.newest_close_reader(session)
    for one in held:
        coin = base_of(one.symbol)
        rate = _newest_rate(coin, currency, kept, read)
        value = None if rate is None else convert(one.quantity, coin, rate)
        yield PositionWorth(one, currency, value, rate or ())


def _newest_rate(
    coin: str, currency: str, kept: Collection[Symbol], read: Newest
) -> tuple[CandleClose, ...] | None:
    """Return the newest candles of the first way from a coin to a currency; None without one."""
    if coin == currency:
        return ()
    for way in ways(coin, currency, kept):
        closes = [read(symbol) for symbol in way]
        found = tuple(one for one in closes if one is not None)
        if len(found) == len(way):
            return found
    return None
