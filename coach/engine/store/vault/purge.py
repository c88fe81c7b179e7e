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


def purge(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Delete a user with all that is theirs, within a transaction; the tombstone names nobody.

    A table that another one still refers to is tried again after that one.
    """
    waiting = [name for (name,) in connection.execute(TABLES, [list(AUDITED)]).fetchall()]
    while waiting:
        left = [name for name in waiting if not _emptied(connection, name, user_id)]
        if len(left) == len(waiting):
            raise RuntimeError(f"these tables refer to each other: {', '.join(left)}")
        waiting = left
    audit.purge(connection, user_id, now)
    connection.execute("delete from app_user where id = %s", [user_id])


def _emptied(connection: Connection[Any], table: str, user_id: UserId) -> bool:
    query = sql.SQL("delete from {} where user_id = %s").format(sql.Identifier(table))
    try:
        with connection.transaction():
            connection.execute(query, [user_id])
    except errors.ForeignKeyViolation:
        return False
    return True
