"""Fees in third coins: which there are, and what the stored candles say that they were worth."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import AccountId, UserId
from coach.model.candles import Granularity
from coach.model.fees import CandleClose, FeeValue, ThirdCoinFee
from coach.model.fills import BookFill, FillKey, Symbol

THIRD_COIN_FEES = """
select account_id, key, symbol, fee_currency, fee, at from fill
 where user_id = %(user)s and fee <> 0 and fee_currency <> '' and left_out is null
   and right(symbol, length(fee_currency) + 1) <> '-' || fee_currency
   and not starts_with(symbol, fee_currency || '-')
   and (%(account)s::bigint is null or account_id = %(account)s)
   and (%(symbols)s::text[] is null or symbol = any(%(symbols)s))
 order by at, account_id, key
"""


def third_coin_fees(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId | None = None,
    symbols: Sequence[Symbol] | None = None,
) -> list[ThirdCoinFee]:
    """Return the fees in third coins, of one account and of these symbols or of all."""
    wanted = None if symbols is None else list(symbols)
    rows = connection.execute(
        THIRD_COIN_FEES, {"user": user_id, "account": account_id, "symbols": wanted}
    )
    return [ThirdCoinFee(*row) for row in rows]


def valued_books(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> set[Symbol]:
    """Return the symbols of an account in which a fee has a value."""
    rows = connection.execute(
        "select distinct symbol from fee_value where user_id = %s and account_id = %s",
        [user_id, account_id],
    )
    return {Symbol(symbol) for (symbol,) in rows}


def by_fill(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId | None = None,
    symbols: Sequence[Symbol] | None = None,
) -> dict[tuple[AccountId, FillKey], FeeValue]:
    """Return the stored values, of one account and of these symbols or of all."""
    rows = connection.execute(
        "select account_id, key, symbol, coin, fee, price, value, candles from fee_value"
        " where user_id = %(user)s and (%(account)s::bigint is null or account_id = %(account)s)"
        " and (%(symbols)s::text[] is null or symbol = any(%(symbols)s))",
        {
            "user": user_id,
            "account": account_id,
            "symbols": None if symbols is None else list(symbols),
        },
    )
    found = (FeeValue._make((*row[:-1], tuple(map(_candle, row[-1])))) for row in rows)
    return {(one.account_id, one.key): one for one in found}


def replace(
    connection: Connection[Any],
    user_id: UserId,
    gone: Iterable[tuple[AccountId, FillKey]],
    new: Sequence[FeeValue],
) -> None:
    """Drop the values of some fills and store those of others."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "delete from fee_value where user_id = %s and account_id = %s and key = %s",
            [[user_id, *name] for name in gone],
        )
        cursor.executemany(
            "insert into fee_value (user_id, account_id, key, symbol, coin, fee, price, value,"
            " candles) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [[user_id, *one[:-1], Jsonb([_as_json(c) for c in one.candles])] for one in new],
        )


def with_value(fill: BookFill, symbol: Symbol, value: FeeValue | None) -> BookFill:
    """Return a fill whose fee in a third coin stands at its value in the quote, where known."""
    if value is None:
        return fill
    return fill._replace(fee=value.value, fee_currency=symbol.rpartition("-")[2])


def _as_json(candle: CandleClose) -> dict[str, str | int]:
    return {
        "symbol": candle.symbol,
        "granularity_s": candle.granularity,
        "source": candle.source,
        "start": candle.start.isoformat(),
        "close": str(candle.close),
    }


def _candle(stored: Mapping[str, Any]) -> CandleClose:
    return CandleClose(
        Symbol(stored["symbol"]),
        Granularity(stored["granularity_s"]),
        stored["source"],
        datetime.fromisoformat(stored["start"]),
        Decimal(stored["close"]),
    )
