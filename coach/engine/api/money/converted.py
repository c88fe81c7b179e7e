"""The net of closed trades in one currency, each by the stored candle that contains its close.

A net of 10 USD is worth 10 x the close of USD-EUR in euros, or 10 / the close of EUR-USD. Where
nobody stored either, two candles that share a currency may tell: BTC-USDT and USDT-EUR. Otherwise
it has no value in that currency, and is said to have none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.imports.fee_values import routes
from coach.engine.ledger.exact import ZERO, add, multiply, rounded
from coach.engine.store import accounts, candles, trades
from coach.engine.store.trades import TradeFilter
from coach.errors import Invalid, NotFound
from coach.model.bookkeeping.converted import ConvertedTrade
from coach.model.coins import coin_name
from coach.model.fills import Symbol
from coach.model.times import microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from decimal import Decimal

    from coach.engine.api.session import Session
    from coach.engine.history.inputs import CloseReader
    from coach.model.fees import CandleClose

DIVISION = Context(prec=28, rounding=ROUND_HALF_EVEN)


def converted(
    session: Session, currency: str, symbol: str | None = None, account: str | None = None
) -> list[ConvertedTrade]:
    """Return each closed trade with its net in that currency, oldest first."""
    wanted = coin_name(currency)
    if not wanted:
        raise Invalid("currency", f"not {currency!r}", "a currency such as EUR or BTC")
    connection, user_id = session.connection, session.user.id
    names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
    if account is not None and account not in names.values():
        raise NotFound(kind="account", name=account)
    with sight.reading(session):
        found = [
            ConvertedTrade(
                trip.id,
                names[trip.account_id],
                trip.symbol,
                trip.closed_at,
                trip.symbol.rpartition("-")[2],
                trip.net,
                wanted,
                None,
            )
            for trip in trades.round_trips(
                connection, user_id, TradeFilter(symbol=symbol, account=account)
            )
            if trip.closed_at is not None and trip.net is not None
        ]
        kept = candles.symbols(connection, user_id)
        valued = dict(_valued(found, kept, sight.close_reader(session)))
    return [valued.get(one.trade_id, one) for one in found]


def of_open_trades(
    session: Session, symbol: str | None = None, account: str | None = None
) -> dict[str, tuple[int, Decimal]]:
    """Return how many trades are open and what their partial closes realised, by currency."""
    sums: dict[str, tuple[int, Decimal]] = {}
    connection, user_id = session.connection, session.user.id
    for trip in trades.open_trips(connection, user_id, symbol, account):
        quote = trip.symbol.rpartition("-")[2]
        count, net = sums.get(quote, (0, ZERO))
        sums[quote] = (count + 1, add(net, trip.net or ZERO))
    return sums


def _valued(
    found: Sequence[ConvertedTrade], kept: Collection[Symbol], read_closes: CloseReader
) -> Iterator[tuple[str, ConvertedTrade]]:
    """Yield the trades that have a value in the currency, by their ids."""
    of_quote: dict[str, list[ConvertedTrade]] = defaultdict(list)
    for one in found:
        of_quote[one.quote].append(one)
    for quote, left in of_quote.items():
        if quote == left[0].currency:
            yield from ((one.trade_id, replace(one, value=one.net)) for one in left)
            continue
        for way in _ways(quote, left[0].currency, kept):
            moments = {microseconds(one.closed_at) for one in left}
            closes = [read_closes(symbol, moments) for symbol in way]
            valued = {one.trade_id: value for one in left if (value := _value(one, closes))}
            yield from valued.items()
            left = [one for one in left if one.trade_id not in valued]  # noqa: PLW2901
            if not left:
                break


def _ways(quote: str, currency: str, kept: Collection[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """Yield the ways through stored candles: the pair, the pair the other way round, two pairs."""
    every = list(routes(quote, currency, kept))
    yield from (way for way in every if len(way) == 1)
    inverse = Symbol(f"{currency}-{quote}")
    if inverse in kept:
        yield (inverse,)
    yield from (way for way in every if len(way) > 1)


def _value(one: ConvertedTrade, closes: Sequence[dict[int, CandleClose]]) -> ConvertedTrade | None:
    at_us = microseconds(one.closed_at)
    found = tuple(each[at_us] for each in closes if at_us in each)
    if len(found) < len(closes):
        return None
    value = one.net
    for candle in found:
        value = _through(value, candle, one)
    return replace(one, value=rounded(value), candles=found)


def _through(value: Decimal, candle: CandleClose, one: ConvertedTrade) -> Decimal:
    if candle.symbol == f"{one.currency}-{one.quote}":
        return DIVISION.divide(value, candle.close)
    return multiply(value, candle.close)
