"""Text on its way into a table by COPY: whatever a field holds, it stays one field of one row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, Copy

ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


@contextmanager
def copy_in(connection: Connection[Any], table: str, columns: str) -> Iterator[Copy]:
    """Copy rows into a table of ours; `columns` is a constant text, as COPY takes it.

    PostgreSQL refuses COPY into a table whose policies hold for whoever asks. There the rows go
    into a table of this transaction first, and from it through the policies.
    """
    active = connection.execute("select row_security_active(%s::text)", [table]).fetchone()
    if active is None or not active[0]:
        with _copy(connection, f"copy {table} ({columns}) from stdin") as copy:
            yield copy
        return
    waiting = f"pg_temp.{table}_waiting"
    with connection.transaction():
        connection.execute(
            f"create temp table if not exists {table}_waiting on commit drop"  # noqa: S608 -- constant names
            f" as select {columns} from {table} with no data"
        )
        with _copy(connection, f"copy {waiting} ({columns}) from stdin") as copy:
            yield copy
        connection.execute(f"insert into {table} ({columns}) select {columns} from {waiting}")  # noqa: S608 -- constant names
        connection.execute(f"truncate {waiting}")


@contextmanager
def _copy(connection: Connection[Any], statement: str) -> Iterator[Copy]:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def copy_text(value: str) -> str:
    """Return a value as COPY's text format takes it."""
    if value.isalnum() or ("\\" not in value and value.isprintable()):
        return value
    for letter, escaped in ESCAPES:
        value = value.replace(letter, escaped)
    return value


def copy_line(*fields: str) -> str:
    """Return a row of fields as COPY's text format takes it."""
    return "\t".join(map(copy_text, fields)) + "\n"
