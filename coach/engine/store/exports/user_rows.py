"""The rows of one user in every table that has some, as CSV by COPY, and the way back.

Which tables there are is asked of the catalogue, so that a new one is part of an archive unless it
is named here. Rows stand in the order of their primary key, compared byte by byte: the same rows
are the same text on every server.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import Connection, Copy, IsolationLevel, sql

from coach.engine.store.backup.contents import WRITTEN_ALIKE
from coach.model.accounts import UserId

LEFT_OUT = (
    *("dek", "sealed_secret"),  # they open with the key of keys of this machine alone
    *("user_password", "second_factor", "recovery_code", "provider_identity"),
    *("user_session", "api_token", "idempotency_key", "user_feature"),
    *("notify_channel", "notify_delivery"),  # a channel is nothing without its sealed secret
    "delivery_cursor",  # followers begin anew
)
"""Tables with a user's rows that stay here: secrets, ways to sign in, and what hangs on them."""
USER = "app_user"
EVENTS = "event_outbox"
FORGOTTEN = {("run", "carrier")}
"""Columns that are written as null: they point at entries of a queue that stays here."""
TABLES = """
select c.relname, array_agg(a.attname::text order by a.attnum)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
   and not a.attisdropped and a.attgenerated = ''
 where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
   and not c.relispartition and c.relpersistence = 'p'
   and (c.relname = %(user)s or exists (select from pg_attribute u where u.attrelid = c.oid
     and u.attname = 'user_id' and not u.attisdropped)) and c.relname <> all (%(left_out)s)
 group by c.relname order by c.relname <> %(user)s, c.relname <> 'account', c.relname collate "C"
"""
KEY = """
select a.attname::text, format_type(a.atttypid, null) = 'text'
  from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (n, place)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n
 where i.indrelid = %s::regclass and i.indisprimary order by k.place
"""
ACCOUNTS = "select pg_get_serial_sequence('account', 'id')"
NEXT = "select setval(%s::text::regclass, greatest((select last_value from {}), {}))"
FILL_NUMBERS = """
select coalesce(max(n), 1) from (select n from fill union all select n from fill_version) numbered
"""
HIGHEST = (("fill_n", FILL_NUMBERS), ("run_n", "select coalesce(max(n), 1) from run"))


class UserTable(NamedTuple):
    """A table with a user's rows, and its columns."""

    name: str
    columns: tuple[str, ...]


@contextmanager
def one_moment(connection: Connection[Any]) -> Iterator[None]:
    """Hold one moment of the database, in which nothing is written and values look alike."""
    before = connection.isolation_level, connection.read_only
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with connection.transaction():
            write_alike(connection)
            yield
    finally:
        if not connection.closed:
            connection.isolation_level, connection.read_only = before


def only_read(connection: Connection[Any]) -> None:
    """Refuse every transaction of this connection that writes."""
    connection.execute("set default_transaction_read_only to on")


def write_alike(connection: Connection[Any]) -> None:
    """Have values written in one form in this transaction, whatever the server was told."""
    for setting in WRITTEN_ALIKE.split("; "):
        connection.execute(setting)


def tables(connection: Connection[Any], left_out: Iterable[str] = LEFT_OUT) -> list[UserTable]:
    """Return the tables of which an archive holds rows: users first, then accounts."""
    asked = {"user": USER, "left_out": list(left_out)}
    found = connection.execute(TABLES, asked).fetchall()
    return [UserTable(str(name), tuple(columns)) for name, columns in found]


def rows_as_csv(connection: Connection[Any], table: UserTable, user_id: UserId) -> Iterator[bytes]:
    """Yield the rows of a user in a table as CSV with its header, in pieces of whole rows."""
    columns = sql.SQL(", ").join(_read(table.name, name) for name in table.columns)
    whose = sql.Identifier("id" if table.name == USER else "user_id")
    key = connection.execute(KEY, [table.name]).fetchall()
    chosen = sql.SQL("select {} from {} where {} = {}{}").format(
        columns, sql.Identifier(table.name), whose, sql.Literal(user_id), _in_order(key)
    )
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(chosen)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


@contextmanager
def rows_from_csv(connection: Connection[Any], table: UserTable) -> Iterator[Copy]:
    """Take rows into a table, as they were written, within a transaction.

    PostgreSQL refuses COPY into a table whose policies hold for whoever asks. There the rows go
    into a table of this transaction first, and from it through the policies.
    """
    name, columns = sql.Identifier(table.name), _listed(table)
    active = connection.execute("select row_security_active(%s::text)", [table.name]).fetchone()
    if active is None or not active[0]:
        with _copied(connection, name, columns) as copy:
            yield copy
        return
    coming = sql.Identifier("pg_temp", f"{table.name}_coming")
    made = "create temp table {} on commit drop as select {} from {} with no data"
    made_as = sql.Identifier(f"{table.name}_coming")
    connection.execute(sql.SQL(made).format(made_as, columns, name))
    with _copied(connection, coming, columns) as copy:
        yield copy
    inserted = "insert into {} ({}) overriding system value select {} from {}"
    connection.execute(sql.SQL(inserted).format(name, columns, columns, coming))


def go_on_counting(connection: Connection[Any]) -> None:
    """Let new accounts, fills and runs have higher numbers than those that came in."""
    row = connection.execute(ACCOUNTS).fetchone()
    assert row is not None
    highest = [(str(row[0]), "select coalesce(max(id), 1) from account"), *HIGHEST]
    for sequence, asked in highest:
        name = sql.SQL(sequence)
        connection.execute(
            sql.SQL(NEXT).format(name, sql.SQL("({})").format(sql.SQL(asked))), [sequence]
        )


def any_rows(connection: Connection[Any], but: Iterable[str]) -> str:
    """Return a table in which some user has rows, empty where none has, these left aside."""
    for table in tables(connection, but):
        if table.name == USER:
            continue
        asked = sql.SQL("select exists (select from {})").format(sql.Identifier(table.name))
        row = connection.execute(asked).fetchone()
        if row is not None and row[0]:
            return table.name
    return ""


@contextmanager
def _copied(
    connection: Connection[Any], name: sql.Identifier, columns: sql.Composable
) -> Iterator[Copy]:
    statement = sql.SQL("copy {} ({}) from stdin (format csv, header)").format(name, columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def _listed(table: UserTable) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))


def _read(table: str, column: str) -> sql.Composable:
    if (table, column) in FORGOTTEN:
        return sql.SQL("null as {}").format(sql.Identifier(column))
    return sql.Identifier(column)


def _in_order(key: list[tuple[Any, ...]]) -> sql.Composable:
    if not key:
        return sql.SQL("")
    steps = [
        sql.SQL('{} collate "C"' if is_text else "{}").format(sql.Identifier(name))
        for name, is_text in key
    ]
    return sql.SQL(" order by {}").format(sql.SQL(", ").join(steps))
