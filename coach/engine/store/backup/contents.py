"""What is in the tables: rows counted, and a checksum that does not depend on their order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

from coach.engine.store.connect import CoachConnection

SNAPSHOT = "set transaction isolation level repeatable read, read only"
WRITTEN_ALIKE = (
    "set local datestyle to iso; set local intervalstyle to iso_8601; set local bytea_output to hex"
)
TABLES = """
select relname from pg_class
 where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
   and not relispartition and relpersistence = 'p' order by relname collate "C"
"""
"""Without what may be lost: those tables are unlogged."""
SUMMED = """
select count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
  from {} t
"""


@dataclass(frozen=True, slots=True)
class TableSum:
    """How many rows a table has, and the sum of the hashes of their texts, 64 bits of each."""

    table: str
    rows: int
    checksum: str


@contextmanager
def snapshot(connection: CoachConnection) -> Iterator[str]:
    """Hold a moment of the database, and yield the name by which pg_dump reads the same moment."""
    with connection.transaction():
        connection.execute(SNAPSHOT)
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield str(row[0])


def sums(connection: CoachConnection) -> list[TableSum]:
    """Return what every lasting table holds, by name."""
    with connection.transaction():
        for setting in WRITTEN_ALIKE.split("; "):
            connection.execute(setting)  # whatever a server has been told about the form of values
        names = [str(name) for (name,) in connection.execute(TABLES)]
        return [_sum_of(connection, name) for name in names]


def _sum_of(connection: CoachConnection, table: str) -> TableSum:
    row = connection.execute(sql.SQL(SUMMED).format(sql.Identifier(table))).fetchone()
    assert row is not None
    return TableSum(table, int(row[0]), str(row[1]))
