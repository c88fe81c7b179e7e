"""The chain of audit events of each user: appended to, read, and dropped whole with the person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.machine.audit import FIRST_LINK, AuditEvent, AuditHead

COLUMNS = "user_id, n, at, actor, origin, kind, subject, details, previous, hash"
PAGE = 1_000
BEYOND = 2**62
"""More than any number of an event."""


def locked_head(connection: Connection[Any], user_id: UserId) -> AuditHead:
    """Return the head of a user's chain, held until the commit; one is begun where it is not."""
    connection.execute(
        "insert into audit_head (user_id, n, hash) values (%s, 0, %s) on conflict do nothing",
        [user_id, FIRST_LINK],
    )
    with connection.cursor(row_factory=class_row(AuditHead)) as cursor:
        found = cursor.execute(
            "select n, hash from audit_head where user_id = %s for update", [user_id]
        ).fetchone()
    assert found is not None
    return found


def head(connection: Connection[Any], user_id: UserId) -> AuditHead:
    """Return the head of a user's chain; number 0 where nothing was audited yet."""
    with connection.cursor(row_factory=class_row(AuditHead)) as cursor:
        found = cursor.execute(
            "select n, hash from audit_head where user_id = %s", [user_id]
        ).fetchone()
    return found or AuditHead(0, FIRST_LINK)


def append(connection: Connection[Any], event: AuditEvent) -> None:
    """Write the next event of a chain whose head is held."""
    connection.execute(
        f"insert into audit_event ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - a constant
        [
            event.user_id,
            event.n,
            event.at,
            event.actor,
            event.origin,
            event.kind,
            event.subject,
            event.details,
            event.previous,
            event.hash,
        ],
    )
    connection.execute(
        "update audit_head set n = %s, hash = %s where user_id = %s",
        [event.n, event.hash, event.user_id],
    )


def holds(connection: Connection[Any], user_id: UserId, n: int) -> bool:
    """Say whether a user has an event of that number."""
    query = "select 1 from audit_event where user_id = %s and n = %s"
    return connection.execute(query, [user_id, n]).fetchone() is not None


def newest(
    connection: Connection[Any], user_id: UserId, most: int, before: int | None = None
) -> list[AuditEvent]:
    """Return the newest events of a user, the newest first; of those before a number, if any."""
    with connection.cursor(row_factory=class_row(AuditEvent)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from audit_event where user_id = %s and n < %s"  # noqa: S608 - a constant
            " order by n desc limit %s",
            [user_id, BEYOND if before is None else before, most],
        ).fetchall()


def in_order(connection: Connection[Any], user_id: UserId) -> Iterator[AuditEvent]:
    """Yield all events of a user, the oldest first; some thousand are held at a time."""
    last = -BEYOND
    query = f"select {COLUMNS} from audit_event where user_id = %s and n > %s order by n limit %s"  # noqa: S608 - a constant
    while True:
        with connection.cursor(row_factory=class_row(AuditEvent)) as cursor:
            page = cursor.execute(query, [user_id, last, PAGE]).fetchall()
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].n


def purge(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Drop a user's chain whole, and leave its last hash and length, which name nobody."""
    found = locked_head(connection, user_id)
    connection.execute("select set_config('coach.purge', %s, true)", [user_id])
    connection.execute("delete from audit_event where user_id = %s", [user_id])
    connection.execute("delete from audit_head where user_id = %s", [user_id])
    connection.execute("select set_config('coach.purge', '', true)")
    if found.n:
        connection.execute(
            "insert into audit_tombstone (head, events, purged_at) values (%s, %s, %s)"
            " on conflict do nothing",
            [found.hash, found.n, now],
        )
