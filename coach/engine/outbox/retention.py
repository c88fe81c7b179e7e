"""Taking out the months of events that are older than they are wanted.

A month leaves in three steps, each safe to be killed in: it is marked, detached without holding up
readers or writers, and dropped. The next look goes on where the last one ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import psycopg
from psycopg import errors, sql

from coach.engine.outbox.partitions import months, overdue

LOCK = 4_037_120_003  # any number, the same in every coach
MARK = "coach: events older than they are wanted"
MARKED = """
select c.relname from pg_class c
 where c.relkind = 'r' and not c.relispartition and pg_table_is_visible(c.oid)
   and obj_description(c.oid, 'pg_class') = %s
"""
NEWEST = "select to_timestamp(max(last_ms) / 1000.0) from user_stream"


def retire(
    connection: psycopg.Connection, now: datetime, keep_months: int, patience_s: float = 2.0
) -> list[str]:
    """Drop the months that ended `keep_months` months before this one; return their names.

    A month is as old as the newest event says, so that a clock that runs ahead drops nothing. One
    that somebody still reads after `patience_s` stays until a later look. Not inside a transaction.
    """
    newest = connection.execute(NEWEST).fetchone()
    if newest is not None and newest[0] is not None:
        now = min(now, newest[0])
    with _one_at_a_time(connection, patience_s) as ours:
        if not ours:
            return []
        for month in overdue(months(connection), now, keep_months):
            with suppress(errors.LockNotAvailable, errors.ObjectNotInPrerequisiteState):
                _detach(connection, month.name, again=month.leaving)
        return list(_drop_marked(connection))


def _detach(connection: psycopg.Connection, name: str, *, again: bool) -> None:
    table = sql.Identifier(name)
    connection.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(MARK)))
    how = "finalize" if again else "concurrently"
    connection.execute(
        sql.SQL("alter table event_outbox detach partition {} {}").format(table, sql.SQL(how))
    )


def _drop_marked(connection: psycopg.Connection) -> Iterator[str]:
    """Drop what was detached, now or before a crash."""
    for (name,) in connection.execute(MARKED, [MARK]).fetchall():
        with suppress(errors.LockNotAvailable):
            connection.execute(sql.SQL("drop table {}").format(sql.Identifier(name)))
            yield name


@contextmanager
def _one_at_a_time(connection: psycopg.Connection, patience_s: float) -> Iterator[bool]:
    """Say whether it is our turn; meanwhile this session waits so long for a month's readers."""
    row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if row is None or not row[0]:
        yield False
        return
    before = connection.execute("select current_setting('lock_timeout')").fetchone()
    limit = f"{patience_s * 1000:.0f}ms"
    connection.execute("select set_config('lock_timeout', %s, false)", [limit])
    try:
        yield True
    finally:
        connection.execute("select set_config('lock_timeout', %s, false)", before)
        connection.execute("select pg_advisory_unlock(%s)", [LOCK])
