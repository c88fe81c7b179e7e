"""Databases that coach keeps beside its own: what was there before a restore or an upgrade."""

from typing import Any

from psycopg import Connection
from psycopg.conninfo import make_conninfo

KEPT = """
select datname from pg_database where datname = any (select current_database() || suffix
  from unnest(array['_before_restore', '_restoring', '_before_upgrade', '_upgrading']) suffix)
 order by 1
"""


def names(connection: Connection[Any]) -> list[str]:
    """Return the databases beside that of a connection that hold what once was in it."""
    return [str(name) for (name,) in connection.execute(KEPT)]


def url_of(url: str, name: str) -> str:
    """Return how to connect to one of them, with the rest of a URL as it is."""
    return make_conninfo(url, dbname=name)
