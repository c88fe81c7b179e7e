"""How far a broker's list of transactions is known, wallet by wallet, and pages on their way.

A mark becomes true with the import of what stands before it. When an import of the broker is taken
back all marks of its account go: the next sync reads the whole lists, and what is known is known.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import AccountId, UserId

Mark = tuple[str, datetime, tuple[str, ...]]
"""The newest transaction that is known, when it was made, and the ids of those not in force."""


def marks(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> dict[str, Mark]:
    """Return up to where each wallet of an account is known."""
    row = connection.execute(
        "select entry_marks from connection where user_id = %s and account_id = %s",
        [user_id, account_id],
    ).fetchone()
    found: Mapping[str, Any] = {} if row is None else row[0]
    return {
        wallet: (one["newest"], datetime.fromisoformat(one["at"]), tuple(one["pending"]))
        for wallet, one in found.items()
    }


def note_read(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    read: Mapping[str, Mark],
    unread: str,
) -> None:
    """Note up to where wallets are known now, and why something is not; part of the import.

    What was kept of these wallets is imported, and forgotten.
    """
    noted = {
        wallet: {"newest": newest, "at": at.isoformat(), "pending": [*pending]}
        for wallet, (newest, at, pending) in read.items()
    }
    connection.execute(
        "update connection set entry_marks = entry_marks || %s, entries_unread = %s"
        " where user_id = %s and account_id = %s",
        [Jsonb(noted), unread, user_id, account_id],
    )
    forget(connection, user_id, account_id, read.keys())


def forget_marks(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> None:
    """Forget up to where the wallets of an account are known."""
    connection.execute(
        "update connection set entry_marks = '{}' where user_id = %s and account_id = %s",
        [user_id, account_id],
    )


def unread(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> bool:
    """Return whether the entries of an account could not be read at its last sync."""
    row = connection.execute(
        "select entries_unread <> '' from connection where user_id = %s and account_id = %s",
        [user_id, account_id],
    ).fetchone()
    return row is not None and bool(row[0])


def pages(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    wallet: str,
    fetched_after: datetime,
) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of a wallet, each with what follows it, where the first is new enough."""
    page = 0
    while True:
        row = connection.execute(
            "select following, body from fetched_entries where user_id = %s and account_id = %s"
            " and wallet = %s and page = %s and fetched_at > %s",
            [user_id, account_id, wallet, page, fetched_after],
        ).fetchone()
        if row is None:
            return
        yield row[0], bytes(row[1])
        page += 1


def keep(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    place: tuple[str, int],
    page: tuple[str, bytes],
    now: datetime,
) -> None:
    """Keep a page of a wallet under its number; with the first go all that were kept before."""
    wallet, number = place
    with connection.transaction():
        if number == 0:
            forget(connection, user_id, account_id, [wallet])
        connection.execute(
            "insert into fetched_entries (user_id, account_id, wallet, page, following, body,"
            " fetched_at) values (%s, %s, %s, %s, %s, %s, %s)",
            [user_id, account_id, wallet, number, *page, now],
        )


def forget(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    wallets: Collection[str],
) -> None:
    """Delete what is kept of some wallets."""
    connection.execute(
        "delete from fetched_entries where user_id = %s and account_id = %s and wallet = any(%s)",
        [user_id, account_id, list(wallets)],
    )
