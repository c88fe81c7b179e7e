"""How each connection stands: what was left out, what went wrong, how its requests are counted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.types.json import Jsonb

from coach.errors import Locked
from coach.model.accounts import AccountId, UserId

PATIENCE_S = 60
"""How long a sync waits for another one of the same account."""
KEY = "hashtextextended('sync:' || %s, 0)"


@dataclass(frozen=True, slots=True)
class OpenProduct:
    """A product whose fills are still to be read: since when, and what the broker answered."""

    since: datetime | None
    reason: str


def left_out(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> dict[str, OpenProduct]:
    """Return the products that earlier syncs left out."""
    row = connection.execute(
        "select left_out from connection where user_id = %s and account_id = %s",
        [user_id, account_id],
    ).fetchone()
    found: Mapping[str, Any] = {} if row is None else row[0]
    return {
        name: OpenProduct(
            datetime.fromisoformat(one["since"]) if one["since"] else None, one["reason"]
        )
        for name, one in found.items()
    }


def note_read(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    left: Mapping[str, OpenProduct],
    now: datetime,
) -> None:
    """Note that the broker was read, and what was left out; part of the import's transaction."""
    noted = {
        name: {"since": one.since.isoformat() if one.since else None, "reason": one.reason}
        for name, one in left.items()
    }
    connection.execute(
        "update connection set left_out = %s, trouble_code = '', trouble = '', tried_at = %s"
        " where user_id = %s and account_id = %s",
        [Jsonb(noted), now, user_id, account_id],
    )


def note_trouble(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    trouble: tuple[str, str],
    now: datetime,
) -> None:
    """Note why the broker could not be read: the error's code, and its message."""
    connection.execute(
        "update connection set trouble_code = %s, trouble = %s, tried_at = %s"
        " where user_id = %s and account_id = %s",
        [*trouble, now, user_id, account_id],
    )


def next_nonce(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, least: int
) -> int:
    """Return a number above all that were returned for this connection, and not below `least`.

    It is kept before it is used, so that no process uses a number twice or goes back.
    """
    row = connection.execute(
        "update connection set nonce = greatest(nonce + 1, %s)"
        " where user_id = %s and account_id = %s returning nonce",
        [least, user_id, account_id],
    ).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def sync_turn(connection: Connection[Any], account_id: AccountId, name: str) -> Iterator[None]:
    """Let no other session read this account's broker until the block ends.

    Locked where another one does for too long; the server frees it when the session dies.
    """
    try:
        with connection.transaction():
            connection.execute(f"set local lock_timeout = {PATIENCE_S * 1000}")
            connection.execute(f"select pg_advisory_lock({KEY})", [account_id])
            # within another transaction the limit would go on for all of it
            connection.execute("set local lock_timeout to default")
    except LockNotAvailable as taken:
        hint = "wait until it is done and try again"
        raise Locked(hint, doing=f"reading the broker of {name}") from taken
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(f"select pg_advisory_unlock({KEY})", [account_id])


def set_pairs(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, pairs: Sequence[str]
) -> None:
    """Say which pairs a connection reads."""
    connection.execute(
        "update connection set pairs = %s where user_id = %s and account_id = %s",
        [Jsonb([*pairs]), user_id, account_id],
    )


def read_from(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    products: Mapping[str, OpenProduct],
) -> None:
    """Note from when on the next sync reads some products, beside those that were left out."""
    noted = {
        name: {"since": one.since.isoformat() if one.since else None, "reason": one.reason}
        for name, one in products.items()
    }
    connection.execute(
        "update connection set left_out = left_out || %s where user_id = %s and account_id = %s",
        [Jsonb(noted), user_id, account_id],
    )


def traded_symbols(connection: Connection[Any], user_id: UserId, broker: str) -> list[str]:
    """Return the symbols that the user has traded at a broker, those traded most first."""
    query = (
        "select f.symbol from fill f"
        " join account a on a.user_id = f.user_id and a.id = f.account_id"
        " where f.user_id = %s and a.broker = %s group by f.symbol order by count(*) desc, f.symbol"
    )
    return [symbol for (symbol,) in connection.execute(query, [user_id, broker]).fetchall()]
