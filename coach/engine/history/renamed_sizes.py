"""How much was open at a moment of trades in coins that were renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.engine.ledger.exact import ZERO, add
from coach.engine.store.entries.renames import renames
from coach.model.times import microseconds

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from psycopg import Connection

    from coach.engine.features.orders import BookFills
    from coach.model.accounts import UserId
    from coach.model.fills import BookFill
    from coach.model.trades import TradeId


def sizes_of_renamed(
    connection: Connection[Any], user_id: UserId, until: datetime
) -> dict[TradeId, Decimal]:
    """Return what was bought less what was sold since each fill that may have opened a trade.

    By the id that such a trade has, of owned coins, in the units before `until`. Empty where no
    coin was renamed. The caller holds a transaction.
    """
    told = renames(connection, user_id)
    if not told:
        return {}
    from coach.engine.history.book_fills import books_reaching
    from coach.engine.store import fills
    from coach.model.fills import base_of

    coins = {name for own in told.values() for one in own for name in (one.old, one.new)}
    symbols = {
        symbol
        for account_id in told
        for symbol in fills.symbols_of(connection, user_id, account_id)
        if base_of(symbol) in coins
    }
    starts: dict[str, int] = dict.fromkeys(symbols, 0)
    sizes: dict[TradeId, Decimal] = {}
    for book in books_reaching(connection, user_id, starts, microseconds(until)):
        sizes |= _sizes(book, until)
    return sizes


def _sizes(book: BookFills[BookFill], until: datetime) -> dict[TradeId, Decimal]:
    from coach.engine.features.orders import name_then
    from coach.engine.ledger.renamed.names import in_last_units
    from coach.engine.ledger.round_trip import trade_id
    from coach.engine.ledger.splits import before

    splits = before(book.splits, until)
    earlier = {
        key: named._replace(splits=before(named.splits, until))
        for key, named in book.earlier.items()
    }
    held, sizes = ZERO, {}
    fills = [fill for fill in book.fills if not fill.margin]
    for fill in reversed([*in_last_units(fills, splits, earlier)]):
        held = add(held, fill.quantity if fill.side == "buy" else fill.quantity.copy_negate())
        sizes[trade_id(name_then(book, fill), fill.key)] = held
    return sizes
