"""The fills of books since a moment, with those under earlier names of a coin.

Of a coin that was renamed all fills are read: which of them belong to a trade that went on is told
by the ledger.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from coach.engine.features.orders import BookFills
from coach.engine.ledger.round_trip import BookName
from coach.engine.store import accounts, fills
from coach.engine.store.entries.renames import renames
from coach.engine.store.entries.splits import splits
from coach.model.fills import Symbol, base_of
from coach.model.times import microseconds

FOREVER_US = microseconds(datetime.max.replace(tzinfo=UTC))

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from coach.engine.ledger.renamed.names import EarlierNames
    from coach.engine.store.entries.splits import Splits
    from coach.model.accounts import Account, AccountId, UserId
    from coach.model.entries.renames import Rename
    from coach.model.fills import BookFill, FillKey

    Renames = Mapping[AccountId, tuple[Rename, ...]]
    Books = dict[tuple[AccountId, Symbol], list[BookFill]]


def books_reaching(
    connection: Connection[Any], user_id: UserId, starts: Mapping[str, int], end_us: int
) -> list[BookFills[BookFill]]:
    """Return the books of these symbols since their starts, account by account, up to `end_us`.

    Times are microseconds since 1970 UTC.
    """
    told, renamed = splits(connection, user_id), renames(connection, user_id)
    every = {one.id: one for one in accounts.accounts(connection, user_id)}
    wanted = {**starts, **_other_names(starts, renamed)}
    found: Books = {
        book: [fill for _, _, fill in rows]
        for book, rows in groupby(
            fills.reaching(connection, user_id, wanted, end_us), lambda row: row[:2]
        )
    }
    earlier: dict[tuple[AccountId, Symbol], EarlierNames] = {}
    for account_id, own in renamed.items():
        before = tuple(one for one in own if microseconds(one.at) < end_us)
        earlier |= _continue(found, every[account_id], told, before)
    return [
        BookFills(
            BookName(account_id, every[account_id].name, symbol),
            own_fills,
            told.get((account_id, base_of(symbol)), ()),
            earlier.get((account_id, symbol), {}),
        )
        for (account_id, symbol), own_fills in sorted(found.items(), key=lambda book: book[0])
    ]


def moved_fills(connection: Connection[Any], user_id: UserId) -> set[tuple[str, FillKey]]:
    """Return the fills, by the name of their account, of trades that went on under another name."""
    renamed = renames(connection, user_id)
    coins = {name for own in renamed.values() for one in own for name in (one.old, one.new)}
    symbols = {
        symbol
        for account_id in renamed
        for symbol in fills.symbols_of(connection, user_id, account_id)
        if base_of(symbol) in coins
    }
    if not symbols:
        return set()
    books = books_reaching(connection, user_id, dict.fromkeys(symbols, 0), FOREVER_US)
    return {(book.name.account, key) for book in books for key in book.earlier}


def _other_names(starts: Mapping[str, int], renamed: Renames) -> dict[str, int]:
    """Return the symbols whose coins are other names of these, each from its first fill on."""
    if not renamed:
        return {}
    from coach.engine.ledger.renamed.renames import family_of

    every = [family_of(own, Symbol(symbol)) for own in renamed.values() for symbol in starts]
    return dict.fromkeys((symbol for family in every for symbol in family), 0)


def _continue(
    found: Books, account: Account, told: Splits, own: tuple[Rename, ...]
) -> dict[tuple[AccountId, Symbol], EarlierNames]:
    """Put fills of trades that went on under another name there; return what names they had."""
    from coach.engine.ledger.renamed.continued import continued
    from coach.engine.ledger.renamed.renames import concerning

    books = {
        symbol: fills_of_book
        for (account_id, symbol), fills_of_book in found.items()
        if account_id == account.id and concerning(own, base_of(symbol))
    }
    coins = {coin: each for (account_id, coin), each in told.items() if account_id == account.id}
    earlier: dict[tuple[AccountId, Symbol], EarlierNames] = {}
    for symbol, book in continued(account, books, coins, own).items() if books else ():
        name = account.id, symbol
        if book.fills:
            found[name], earlier[name] = book.fills, book.earlier
        else:
            found.pop(name, None)
    return earlier
