"""Valuing fees in third coins by the stored candles, and finding the books that this changes.

A fee of 0.001 BNB on BTC-USDT is worth 0.001 x the close of the candle of BNB-USDT that contains
the fill. Where nobody stored one, two candles that share a currency may tell: BNB-USD and USD-USDT.
Otherwise the fee has no value.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.engine.ledger.exact import multiply, rounded
from coach.engine.store import candles, conclusions, fee_values
from coach.errors import CoachError
from coach.model.fees import FeeValue
from coach.model.fills import Symbol
from coach.model.times import microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from psycopg import Connection

    from coach.engine.history.inputs import CloseReader
    from coach.model.accounts import AccountId, UserId
    from coach.model.fees import CandleClose, ThirdCoinFee

    Books = dict[AccountId, set[Symbol]]


class FeeScope(NamedTuple):
    """Whose fees are valued: of one account and of these symbols, or of all."""

    user_id: UserId
    account_id: AccountId | None = None
    symbols: Sequence[Symbol] | None = None


def value_fees(connection: Connection[Any], scope: FeeScope, read_closes: CloseReader) -> Books:
    """Value the fees anew, keep the values, and return the books in which one changed.

    Where candles cannot be read the values stay as they are, and it is noted that they are still
    to be concluded from.
    """
    known = fee_values.by_fill(connection, *scope)
    kept = candles.symbols(connection, scope.user_id)
    if not kept and not known:
        return {}
    fees = fee_values.third_coin_fees(connection, *scope)
    try:
        valued = {(one.account_id, one.key): one for one in _valued(fees, kept, read_closes)}
    except CoachError:
        conclusions.note_change(connection, scope.user_id)
        return {}
    changed = {name for name in known.keys() | valued.keys() if known.get(name) != valued.get(name)}
    new = [valued[name] for name in changed if name in valued]
    fee_values.replace(connection, scope.user_id, changed & known.keys(), new)
    books: Books = defaultdict(set)
    for name in changed:
        one = valued.get(name) or known[name]
        books[one.account_id].add(one.symbol)
    return books


def _valued(
    fees: Sequence[ThirdCoinFee], kept: Collection[Symbol], read_closes: CloseReader
) -> Iterator[FeeValue]:
    """Yield the values of those fees that stored candles can tell."""
    pairs: dict[tuple[str, str], list[ThirdCoinFee]] = defaultdict(list)
    for fee in fees:
        pairs[fee.coin, fee.quote].append(fee)
    for (coin, quote), of_pair in pairs.items():
        unvalued = of_pair
        for route in routes(coin, quote, kept):
            moments = {microseconds(fee.at) for fee in unvalued}
            closes = [read_closes(symbol, moments) for symbol in route]
            left = []
            for fee in unvalued:
                at_us = microseconds(fee.at)
                found = [one[at_us] for one in closes if at_us in one]
                if len(found) == len(route):
                    yield _value(fee, found)
                else:
                    left.append(fee)
            unvalued = left


def routes(coin: str, quote: str, kept: Collection[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """Yield the ways from a coin to a currency through stored candles, the direct one first."""
    direct = Symbol(f"{coin}-{quote}")
    if direct in kept:
        yield (direct,)
    for first in sorted(kept):
        base, _, shared = first.rpartition("-")
        second = Symbol(f"{shared}-{quote}")
        if base == coin and second in kept:
            yield (first, second)


def _value(fee: ThirdCoinFee, closes: Sequence[CandleClose]) -> FeeValue:
    price = closes[0].close
    for other in closes[1:]:
        price = multiply(price, other.close)
    value = rounded(multiply(fee.fee, price))
    return FeeValue(
        fee.account_id, fee.key, fee.symbol, fee.coin, fee.fee, price, value, tuple(closes)
    )
