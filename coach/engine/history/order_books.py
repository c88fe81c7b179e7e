"""The books of which orders are laid out, as they are stored: fills and what restated them."""

from typing import Any

from psycopg import Connection

from coach.engine.features.orders import AnyFill, BookFills
from coach.engine.history.book_fills import books_reaching
from coach.engine.ledger.round_trip import BookName
from coach.engine.store import accounts, fills
from coach.engine.store.entries.renames import renames
from coach.engine.store.entries.splits import splits
from coach.model.accounts import UserId
from coach.model.fills import base_of


def books_since(
    connection: Connection[Any], user_id: UserId, starts: dict[str, int], end_us: int
) -> list[BookFills[AnyFill]]:
    """Return the books of these symbols with their fills since the starts and before the end.

    Times are microseconds since 1970 UTC.
    """
    restated = {coin for _, coin in splits(connection, user_id)}
    for own in renames(connection, user_id).values():
        restated.update(name for one in own for name in (one.old, one.new))
    # what is restated changes exact quantities
    exact = {name: start for name, start in starts.items() if base_of(name) in restated}
    found: list[BookFills[AnyFill]] = []
    if exact:
        found += books_reaching(connection, user_id, exact, end_us)
    names = {one.id: one.name for one in accounts.accounts(connection, user_id)}
    others = {name: start for name, start in starts.items() if name not in exact}
    for account, symbol, light in fills.for_orders(connection, user_id, others, end_us):
        found.append(BookFills(BookName(account, names[account], symbol), light))
    return found
