"""Every key of a user's table names the user, so that PostgreSQL can spread the table by user.

The rule of PostgreSQL for a partitioned table and that of Citus for a distributed one are the
same: each unique key contains the column by which rows are spread. docs/scale.md has the SQL.
"""

import re

import pytest
from psycopg import sql

from coach.engine.store.connect import connect
from tests.pages import ROOT

DIRECTORY = {
    "user_session": "a session is looked up by its hash before anybody knows whose it is",
    "api_token": "a token is looked up by its hash before anybody knows whose it is",
    "provider_identity": "one subject of a provider is one user of the whole installation",
}
"""Tables that are asked before the user is known: small, and a copy of them stands everywhere."""
USERS_TABLES = """
select c.relname from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
 order by 1
"""
KEYS_WITHOUT_USER = """
select t.relname, k.relname from pg_index i
  join pg_class t on t.oid = i.indrelid join pg_class k on k.oid = i.indexrelid
  join pg_attribute a on a.attrelid = t.oid and a.attname = 'user_id' and not a.attisdropped
 where t.relnamespace = 'public'::regnamespace and i.indisunique
   and not a.attnum = any (i.indkey::int2[])
 order by 1, 2
"""
REFERENCES_WITHOUT_USER = """
select t.relname, c.conname from pg_constraint c
  join pg_class t on t.oid = c.conrelid
  join pg_attribute a on a.attrelid = t.oid and a.attname = 'user_id' and not a.attisdropped
  left join pg_attribute b on b.attrelid = c.confrelid and b.attname = 'user_id'
 where c.contype = 'f' and c.confrelid <> 'app_user'::regclass and not coalesce(
       array_position(c.conkey, a.attnum) = array_position(c.confkey, b.attnum), false)
"""


def rows(url: str, query: str) -> list[tuple[str, ...]]:
    with connect(url) as connection:
        return connection.execute(query).fetchall()


def test_every_unique_key_of_a_users_table_names_the_user(database_url: str) -> None:
    without = {table for table, _ in rows(database_url, KEYS_WITHOUT_USER)}
    assert without == DIRECTORY.keys()


def test_what_refers_to_another_table_of_a_user_does_so_within_the_user(database_url: str) -> None:
    assert rows(database_url, REFERENCES_WITHOUT_USER) == []


def test_postgresql_would_partition_every_users_table_by_user(database_url: str) -> None:
    """A twin of each with the same keys is made; the server refuses a key without the user."""
    tables = [table for (table,) in rows(database_url, USERS_TABLES) if table not in DIRECTORY]
    made = "create temp table {} (like {} including indexes) partition by hash (user_id)"
    with connect(database_url) as connection:
        for table in tables:
            twin = sql.Identifier(f"twin_of_{table}")
            connection.execute(sql.SQL(made).format(twin, sql.Identifier(table)))
    assert {"account", "run", "fill", "event_outbox"} <= set(tables)


def test_the_page_distributes_every_users_table_and_copies_every_other(database_url: str) -> None:
    page = (ROOT / "docs" / "scale.md").read_text()
    called = {
        how: set(re.findall(rf"create_{how}_table\('(\w+)'", page))
        for how in ("distributed", "reference")
    }
    users = {table for (table,) in rows(database_url, USERS_TABLES)} - {"procrastinate_jobs"}
    assert called["distributed"] == users - DIRECTORY.keys()
    assert called["reference"] >= {"app_user", *DIRECTORY}


@pytest.mark.parametrize("table", DIRECTORY)
def test_a_table_that_is_asked_before_the_user_is_known_says_so_on_the_page(table: str) -> None:
    page = " ".join((ROOT / "docs" / "scale.md").read_text().split())
    assert f"`{table}`: {DIRECTORY[table]}" in page
