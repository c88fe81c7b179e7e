"""Everything about a person, deleted from every table in one transaction."""

from datetime import datetime
from typing import Any

from psycopg import Connection, errors, sql

from coach.engine.store.vault import audit
from coach.model.accounts import UserId

AUDITED = ("audit_event", "audit_head")
TABLES = """
select c.relname from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
   and c.relname <> all(%s)
 order by c.relname
"""


QUEUED = "delete from procrastinate_jobs where args ->> 'user_id' = %s"
"""Entries of the queue; what happened to them goes along."""


def purge(connection: Connection[Any], user_id: UserId, now: datetime) -> int:
    """Delete a user with all that is theirs, within a transaction; the tombstone names nobody.

    A table that another one still refers to is tried again after that one. Returns how many rows
    were deleted.
    """
    deleted = connection.execute(QUEUED, [user_id]).rowcount
    waiting = [name for (name,) in connection.execute(TABLES, [list(AUDITED)]).fetchall()]
    while waiting:
        emptied = {name: _emptied(connection, name, user_id) for name in waiting}
        left = [name for name, rows in emptied.items() if rows is None]
        deleted += sum(rows or 0 for rows in emptied.values())
        if len(left) == len(waiting):
            raise RuntimeError(f"these tables refer to each other: {', '.join(left)}")
        waiting = left
    audit.purge(connection, user_id, now)
    return deleted + connection.execute("delete from app_user where id = %s", [user_id]).rowcount


def _emptied(connection: Connection[Any], table: str, user_id: UserId) -> int | None:
    """Return how many rows were deleted, None where another table refers to one."""
    query = sql.SQL("delete from {} where user_id = %s").format(sql.Identifier(table))
    try:
        with connection.transaction():
            return connection.execute(query, [user_id]).rowcount
    except errors.ForeignKeyViolation:
        return None
