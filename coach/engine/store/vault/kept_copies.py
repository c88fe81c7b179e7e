"""Databases that coach keeps beside its own: what was there before a restore or an upgrade."""

from typing import Any

from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

KEPT = """
select datname from pg_database where datname = any (select current_database() || suffix
  from unnest(array['_before_restore', '_restoring', '_before_upgrade', '_upgrading']) suffix)
 order by 1
"""
WHOLE = """
select bool_and(to_regclass(name) is not null) from unnest(array['app_user', 'procrastinate_jobs',
  'audit_event', 'audit_head', 'audit_tombstone']) name
"""


def names(connection: Connection[Any]) -> list[str]:
    """Return the databases beside that of a connection that hold what once was in it."""
    return [str(name) for (name,) in connection.execute(KEPT)]


def is_whole(connection: Connection[Any]) -> bool:
    """Say whether every table is there that a purge needs."""
    row = connection.execute(WHOLE).fetchone()
    return row is not None and bool(row[0])


def drop(connection: Connection[Any], name: str) -> None:
    """Drop one of them; whoever is connected to it is cut off."""
    dropped = sql.SQL("drop database if exists {} with (force)")
    connection.execute(dropped.format(sql.Identifier(name)))


def url_of(url: str, name: str) -> str:
    """Return how to connect to one of them, with the rest of a URL as it is."""
    return make_conninfo(url, dbname=name)
