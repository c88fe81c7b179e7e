"""Deleting what has expired, a thousand rows at a time.

Each batch is a transaction of its own, so nobody waits for long and a purge that is killed has
deleted whole batches; the next one goes on. Rows that others hold are left to the next purge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.pq import TransactionStatus

BATCH = 1000
EXPIRED = sql.SQL("expires_at <= clock_timestamp()")
FINISHED = sql.SQL(
    "account_id is null and state in ('done', 'failed', 'dead') and finished_at < {}"
)
EXPIRING = ("hot_value", "hot_bucket", "idempotency_key")
"""Tables whose rows end at their `expires_at`; one that this database does not have is skipped."""
THERE = """
select wanted.name from unnest(%s::text[]) with ordinality as wanted (name, place)
  join pg_class c on c.relname = wanted.name and pg_table_is_visible(c.oid)
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'expires_at' and not a.attisdropped
 order by wanted.place
"""
DELETE = sql.SQL("""
with gone as materialized (
    select ctid from {table} where {over} limit {batch} for update skip locked)
delete from {table} where ctid = any (array(select ctid from gone))
""")
ANY = sql.SQL("select exists (select from {table} where {over})")
NEWEST = "select max(started_at) from run"


@dataclass(frozen=True, slots=True)
class PurgedBatch:
    """So many rows of a table were deleted and committed."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class _Expiry:
    """Which rows of a table are over."""

    table: str
    over: sql.Composable


def purge(
    connection: Connection[Any],
    runs_before: datetime | None,
    tables: tuple[str, ...] = EXPIRING,
    batch: int = BATCH,
) -> Iterator[PurgedBatch]:
    """Delete the expired rows of these tables, and the runs that finished before; yield each batch.

    Runs of imports stay, because fills name them; None keeps every run. RuntimeError within a
    transaction, where no batch would be committed.
    """
    for one in _expiries(connection, runs_before, tables):
        table = sql.Identifier(one.table)
        statement = DELETE.format(table=table, over=one.over, batch=sql.Literal(batch))
        rows = batch
        while rows == batch:
            if connection.info.transaction_status != TransactionStatus.IDLE:
                raise RuntimeError("a purge commits each of its batches")
            rows = connection.execute(statement).rowcount
            if rows:
                yield PurgedBatch(one.table, rows)


def any_expired(
    connection: Connection[Any],
    runs_before: datetime | None,
    tables: tuple[str, ...] = EXPIRING,
) -> bool:
    """Say whether a purge would find anything."""
    for one in _expiries(connection, runs_before, tables):
        asked = ANY.format(table=sql.Identifier(one.table), over=one.over)
        row = connection.execute(asked).fetchone()
        if row is not None and row[0]:
            return True
    return False


def newest_run(connection: Connection[Any]) -> datetime | None:
    """Return when the newest run began, None where there is none."""
    row = connection.execute(NEWEST).fetchone()
    return None if row is None else row[0]


def _expiries(
    connection: Connection[Any], runs_before: datetime | None, tables: tuple[str, ...]
) -> Iterator[_Expiry]:
    for (name,) in connection.execute(THERE, [list(tables)]).fetchall():
        yield _Expiry(name, EXPIRED)
    if runs_before is not None:
        yield _Expiry("run", FINISHED.format(sql.Literal(runs_before)))
