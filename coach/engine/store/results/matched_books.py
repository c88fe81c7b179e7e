"""What stands beside each matched book: the hash of its fills, and where the matching ended."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import AccountId, UserId
from coach.model.fills import FillKey, Symbol
from coach.model.trades import TradeId


class MatchedBook(NamedTuple):
    """The hash of the fills that were taken, the time of the last of them, and the state then.

    `state` is JSON.
    """

    fills_sha256: str
    last_at: datetime
    state: str


class BookEnds(NamedTuple):
    """What was open when the matching of a book ended: its trips, and the fills that waited."""

    trades: tuple[TradeId, ...] = ()
    waiting: tuple[FillKey, ...] = ()


def keep(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbol: Symbol,
    matched: MatchedBook,
) -> None:
    """Keep what stands beside a book, instead of what stood there before."""
    connection.execute(
        "insert into book_hash (user_id, account_id, symbol, fills_sha256, last_at, state)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (user_id, account_id, symbol) do update"
        " set fills_sha256 = excluded.fills_sha256, last_at = excluded.last_at,"
        " state = excluded.state",
        [user_id, account_id, symbol, *matched],
    )


def find(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, symbol: Symbol
) -> MatchedBook | None:
    """Return what stands beside a book; None where an earlier coach matched it, or it is stale."""
    row = connection.execute(
        "select h.fills_sha256, h.last_at, h.state from book_hash h"
        " where h.user_id = %(user)s and h.account_id = %(account)s and h.symbol = %(symbol)s"
        " and h.state is not null and not exists (select from book b where b.user_id = h.user_id"
        " and b.account_id = h.account_id and b.symbol = h.symbol and b.stale)",
        {"user": user_id, "account": account_id, "symbol": symbol},
    ).fetchone()
    return None if row is None else MatchedBook(*row)


def forget_ends(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbol: Symbol,
    ends: BookEnds,
) -> None:
    """Drop of a book what its next fills may change: positions, open trips, what waits."""
    connection.execute(
        "delete from book where user_id = %s and account_id = %s and symbol = %s",
        [user_id, account_id, symbol],
    )
    connection.execute(
        "delete from trade where user_id = %s and id = any(%s)", [user_id, list(ends.trades)]
    )
    connection.execute(
        "delete from unknown_basis where user_id = %s and account_id = %s and key = any(%s)",
        [user_id, account_id, list(ends.waiting)],
    )
