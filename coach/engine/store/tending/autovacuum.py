"""Autovacuum of the small tables that change all the time.

PostgreSQL vacuums a table once a fifth of its rows are dead. A queue or a cache is updated many
times over between two vacuums, so that it grows to a multiple of its rows and each look at it reads
dead ones. The migrations set the storage parameters of `OFTEN` on each of `HOT_TABLES`.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

OFTEN = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_threshold": "100",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_scale_factor": "0.05",
}
"""Vacuum after 100 dead rows and 2 % of the table, without pauses."""
HOT_TABLES = (
    "user_stream",
    "delivery_cursor",
    "run",
    "hot_value",
    "hot_bucket",
    "idempotency_key",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
)
FOUND = """
select wanted.name, coalesce(c.reloptions, '{}')
  from unnest(%s::text[]) with ordinality as wanted (name, place)
  join pg_class c on c.relname = wanted.name and c.relkind = 'r' and pg_table_is_visible(c.oid)
 order by wanted.place
"""


@dataclass(frozen=True, slots=True)
class AutovacuumGap:
    """A hot table that lacks some storage parameters, and the statement that sets them."""

    table: str
    missing: tuple[str, ...]
    statement: str


def is_autovacuum_on(connection: Connection[Any]) -> bool:
    """Say whether the server vacuums by itself at all."""
    row = connection.execute("select current_setting('autovacuum')").fetchone()
    return row is not None and row[0] == "on"


def autovacuum_gaps(
    connection: Connection[Any], tables: tuple[str, ...] = HOT_TABLES
) -> list[AutovacuumGap]:
    """Return the tables that are there without a storage parameter of `OFTEN`.

    Another value that somebody chose for a parameter is left to them; a table whose autovacuum is
    switched off lacks `autovacuum_enabled`.
    """
    found = connection.execute(FOUND, [list(tables)]).fetchall()
    gaps = []
    for table, options in found:
        wanted = _missing(dict(option.split("=", 1) for option in options))
        if wanted:
            gaps.append(AutovacuumGap(table, tuple(wanted), _statement(connection, table, wanted)))
    return gaps


def _missing(options: dict[str, str]) -> dict[str, str]:
    missing = {name: value for name, value in OFTEN.items() if name not in options}
    if options.get("autovacuum_enabled", "true") not in {"true", "on", "1", "yes"}:
        missing["autovacuum_enabled"] = "true"
    return missing


def _statement(connection: Connection[Any], table: str, wanted: dict[str, str]) -> str:
    options = sql.SQL(", ").join(sql.SQL(f"{name} = {value}") for name, value in wanted.items())
    query = sql.SQL("alter table {} set ({})").format(sql.Identifier(table), options)
    return query.as_string(connection)
