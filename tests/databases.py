"""Databases that tests use one after the other, each as if it were new.

A new database is some four hundred files, and most tests write a few rows into ten tables. So
a test's database is emptied for the next one. Where anything but rows was changed, or where
emptying is not allowed, the database is dropped and the next test gets a new one.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from coach.engine.outbox import partitions
from coach.engine.store.connect import connect

PREFIX = f"coach_test_{os.getpid()}"
TEMPLATE = f"{PREFIX}_template"
NUMBERS = count(1)
ONE_PAGE = 8192  # bytes; rows that fill a page again come in the order of their writing
TABLES = """
select relname, pg_relation_size(oid) from pg_class
where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by oid
"""
END_OTHERS = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
RESTART_SEQUENCES = """
select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
from pg_sequences where last_value is not null
"""
FORGET_STATISTICS = """
delete from pg_statistic where starelid >= 16384;
update pg_class set reltuples = case relkind when 'i' then 0 else -1 end, relpages = 0
where oid >= 16384 and relkind in ('r', 't', 'i') and relpages > 0
    and reltuples > case relkind when 'i' then 0 else -1 end
"""
SHAPE = """
select
    (select string_agg((oid, relname, relkind, relnatts, relchecks, reloptions)::text, ' '
        order by oid) from pg_class where oid >= 16384),
    (select (count(*), sum(attnum * atttypid::bigint), sum(attnotnull::int), sum(atthasdef::int))
        ::text from pg_attribute where attrelid >= 16384),
    (select string_agg((oid, conname, convalidated)::text, ' ' order by oid)
        from pg_constraint where oid >= 16384),
    (select (sum(indexrelid::bigint), sum(indisvalid::int))::text
        from pg_index where indexrelid >= 16384),
    (select array[
        (select count(*) from pg_namespace where nspname !~ '^pg_(toast_)?temp_'),
        (select count(*) from pg_type),
        (select count(*) from pg_proc), (select count(*) from pg_trigger),
        (select count(*) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
            where d.datname = current_database())])
"""


@dataclass(frozen=True, slots=True)
class ReadyDatabase:
    """A database, and what was in it when it was new."""

    name: str
    url: str
    tables: frozenset[str]
    rows: dict[str, list[str]]
    shape: tuple[object, ...]


class DatabasePool:
    """Databases with all tables, whose months are open from these moments on.

    A test that takes one has it to itself.
    """

    def __init__(self, server: str, *moments: datetime) -> None:
        self._server = server
        self._moments = moments
        self._idle: list[tuple[ReadyDatabase, psycopg.Connection]] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield the URL of a database that is as new."""
        database, connection = self._idle.pop() if self._idle else self._new()
        try:
            yield database.url
        finally:
            if is_as_new(database, connection):
                self._idle.append((database, connection))
            else:
                self._drop(database, connection)

    def close(self) -> None:
        """Drop every database."""
        while self._idle:
            self._drop(*self._idle.pop())

    def _new(self) -> tuple[ReadyDatabase, psycopg.Connection]:
        """Return a new database and a connection to look after it: one that knows it is quick."""
        name = new_name()
        url = make_conninfo(self._server, dbname=name)
        with connect(self._server) as admin:
            admin.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
        return ready(name, url, self._moments), psycopg.connect(url, autocommit=True)

    def _drop(self, database: ReadyDatabase, connection: psycopg.Connection) -> None:
        connection.close()
        with connect(self._server) as admin:
            admin.execute(f"drop database if exists {database.name} with (force)")


def ready(name: str, url: str, moments: Sequence[datetime]) -> ReadyDatabase:
    """Open the months of these moments in a database, and note what is in it."""
    with connect(url) as connection:
        for moment in moments:
            partitions.ensure(connection, moment)
        sizes: dict[str, int] = dict(connection.execute(TABLES).fetchall())
        rows = {table: rows_of(connection, table) for table, size in sizes.items() if size}
        return ReadyDatabase(name, url, frozenset(sizes), rows, shape_of(connection))


def new_name() -> str:
    """Return a name that no other database of these tests has."""
    return f"{PREFIX}_{next(NUMBERS)}"


def is_as_new(database: ReadyDatabase, connection: psycopg.Connection) -> bool:
    """Empty a database and return whether it is as it was made."""
    try:
        connection.execute(END_OTHERS)
        empty(connection, database)
        rows = {table: rows_of(connection, table) for table in database.rows}
        return (rows, shape_of(connection)) == (database.rows, database.shape)
    except psycopg.Error:
        return False


def empty(connection: psycopg.Connection, database: ReadyDatabase) -> None:
    """Drop tables that the test made, remove rows that it wrote and restart its sequences."""
    sizes: dict[str, int] = dict(connection.execute(TABLES).fetchall())
    connection.execute("set session_replication_role = replica")  # rows in any order
    for table in sizes.keys() - database.tables:
        connection.execute(sql.SQL("drop table {}").format(sql.Identifier(table)))
    written = [
        table
        for table, size in sizes.items()
        if size and table in database.tables and table not in database.rows
    ]
    large = [table for table in written if sizes[table] > ONE_PAGE]
    if large:
        names = sql.SQL(", ").join(map(sql.Identifier, large))
        connection.execute(sql.SQL("truncate {} cascade").format(names))
    for table in set(written) - set(large):
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
    connection.execute(RESTART_SEQUENCES)
    connection.execute(FORGET_STATISTICS)


def rows_of(connection: psycopg.Connection, table: str) -> list[str]:
    """Return the rows of a table as texts."""
    query = sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(table))
    return [row for (row,) in connection.execute(query)]


def shape_of(connection: psycopg.Connection) -> tuple[object, ...]:
    """Return what tells whether anything but rows has changed."""
    return connection.execute(SHAPE).fetchone() or ()
