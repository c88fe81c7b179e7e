"""Small tables that change all the time are vacuumed often; a doctor sees where they are not."""

import psycopg
import pytest

from coach.engine.store.tending.autovacuum import HOT_TABLES, autovacuum_gaps


def test_the_migrations_leave_no_hot_table_out(connection: psycopg.Connection) -> None:
    assert autovacuum_gaps(connection) == []
    found = connection.execute("select relname from pg_class where reloptions is not null")
    assert {*HOT_TABLES} <= {name for (name,) in found}


@pytest.mark.parametrize("table", ["user_stream", "hot_bucket", "run"])
def test_a_table_that_lost_its_parameters_is_named_with_what_sets_them(
    connection: psycopg.Connection, table: str
) -> None:
    connection.execute(f"alter table {table} reset (autovacuum_vacuum_scale_factor)")
    [gap] = autovacuum_gaps(connection)
    assert (gap.table, gap.missing) == (table, ("autovacuum_vacuum_scale_factor",))
    connection.execute(gap.statement)
    assert autovacuum_gaps(connection) == []


def test_a_value_of_somebodys_own_is_no_gap(connection: psycopg.Connection) -> None:
    connection.execute("alter table run set (autovacuum_vacuum_scale_factor = 0.5)")
    assert autovacuum_gaps(connection) == []


def test_a_table_that_is_never_vacuumed_is_a_gap(connection: psycopg.Connection) -> None:
    connection.execute("alter table run set (autovacuum_enabled = off)")
    [gap] = autovacuum_gaps(connection)
    assert gap.statement == 'alter table "run" set (autovacuum_enabled = true)'


def test_tables_that_are_not_there_are_not_missed(connection: psycopg.Connection) -> None:
    assert autovacuum_gaps(connection, ("no_such_table",)) == []
    assert len(set(HOT_TABLES)) == len(HOT_TABLES)
