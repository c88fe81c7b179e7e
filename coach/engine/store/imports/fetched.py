"""What was fetched of a broker, window by window, until an import of it is done.

A window is written in one transaction, in parts that each hold some rows: a window that is there is
there to its end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import AccountId, UserId


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """A window whose rows are kept: from when to when, both included, and what was counted."""

    begins_at: datetime
    ends_at: datetime
    counts: dict[str, int]


def window(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    span: tuple[datetime, datetime],
    fetched_after: datetime,
) -> StoredWindow | None:
    """Return the window from one moment to another if it was fetched later than that moment."""
    row = connection.execute(
        "select begins_at, ends_at, counts from fetched_window where user_id = %s"
        " and account_id = %s and begins_at = %s and ends_at = %s and part = 0 and fetched_at > %s",
        [user_id, account_id, *span, fetched_after],
    ).fetchone()
    return None if row is None else StoredWindow(*row)


def parts(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, begins_at: datetime
) -> Iterator[bytes]:
    """Yield the parts of a window, one after the other."""
    part = 0
    while True:
        row = connection.execute(
            "select body from fetched_window where user_id = %s and account_id = %s"
            " and begins_at = %s and part = %s",
            [user_id, account_id, begins_at, part],
        ).fetchone()
        if row is None:
            return
        yield bytes(row[0])
        part += 1


def keep(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    stored: StoredWindow,
    bodies: Iterable[bytes],
    now: datetime,
) -> None:
    """Keep a window that was fetched to its end, in the place of what was kept of it before."""
    with connection.transaction():
        connection.execute(
            "delete from fetched_window where user_id = %s and account_id = %s and begins_at = %s",
            [user_id, account_id, stored.begins_at],
        )
        for part, body in enumerate(bodies):
            connection.execute(
                "insert into fetched_window (user_id, account_id, begins_at, part, ends_at, counts,"
                " body, fetched_at) values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    user_id,
                    account_id,
                    stored.begins_at,
                    part,
                    stored.ends_at,
                    Jsonb(stored.counts),
                    body,
                    now,
                ],
            )


def forget(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> None:
    """Delete every window of an account: it was imported, or another key reads it now."""
    connection.execute(
        "delete from fetched_window where user_id = %s and account_id = %s", [user_id, account_id]
    )
