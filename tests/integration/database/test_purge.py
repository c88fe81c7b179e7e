"""What has expired is deleted in batches, each of which is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest

from coach.engine.store.tending.purge import PurgedBatch, any_expired, newest_run, purge

Connect = Callable[[], psycopg.Connection]

VALUES = """
insert into hot_value (key, value, expires_at)
select 'v' || n, '', clock_timestamp() + %s::interval from generate_series(1, %s) as n
"""
RUNS = """
insert into run (user_id, id, kind, label, state, started_at, finished_at)
select '', %s || n, 'digest.weekly', '', %s, %s, %s from generate_series(1, %s) as n
"""


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608 -- a constant name
    assert row is not None
    return int(row[0])


def add_runs(connection: psycopg.Connection, state: str, finished_at: datetime, rows: int) -> None:
    connection.execute(RUNS, [f"{state}{finished_at}", state, finished_at, finished_at, rows])


def test_a_thousand_rows_leave_at_a_time_and_what_is_not_over_stays(
    connection: psycopg.Connection,
) -> None:
    connection.execute(VALUES.replace("'v'", "'w'"), ["1 hour", 3])
    connection.execute(VALUES, ["-1 second", 2500])
    assert list(purge(connection, None)) == [
        PurgedBatch("hot_value", 1000),
        PurgedBatch("hot_value", 1000),
        PurgedBatch("hot_value", 500),
    ]
    assert count(connection, "hot_value") == 3


def test_a_purge_that_is_killed_between_batches_has_kept_what_it_did(
    connection: psycopg.Connection, connections: Connect
) -> None:
    connection.execute(VALUES, ["-1 second", 25])
    killed = connections()
    batches = purge(killed, None, batch=10)
    assert next(batches) == PurgedBatch("hot_value", 10)
    killed.close()
    assert count(connection, "hot_value") == 15
    assert [one.rows for one in purge(connection, None, batch=10)] == [10, 5]
    assert count(connection, "hot_value") == 0


def test_rows_that_others_hold_are_left_and_nobody_waits(
    connection: psycopg.Connection, connections: Connect
) -> None:
    connection.execute(VALUES, ["-1 second", 5])
    other = connections()
    with other.transaction():
        other.execute("update hot_value set value = 'x' where key = 'v3'")
        assert [one.rows for one in purge(connection, None)] == [4]
    assert [one.rows for one in purge(connection, None)] == [1]


def test_two_purges_at_once_share_the_rows(
    connection: psycopg.Connection, connections: Connect
) -> None:
    connection.execute(VALUES, ["-1 second", 30])
    one, two = purge(connection, None, batch=10), purge(connections(), None, batch=10)
    rows = [next(one).rows, next(two).rows, *(batch.rows for batch in two)]
    assert sum(rows) == 30
    assert list(one) == []


def test_finished_runs_leave_and_others_stay(connection: psycopg.Connection, now: datetime) -> None:
    old, cut = now - timedelta(days=400), now - timedelta(days=365)
    add_runs(connection, "done", old, 3)
    add_runs(connection, "failed", old, 1)
    add_runs(connection, "running", old, 1)
    add_runs(connection, "done", now, 2)
    assert any_expired(connection, cut)
    assert list(purge(connection, cut)) == [PurgedBatch("run", 4)]
    assert not any_expired(connection, cut)
    assert count(connection, "run") == 3
    assert newest_run(connection) == now


def test_runs_of_imports_stay_because_fills_name_them(
    connection: psycopg.Connection, now: datetime
) -> None:
    connection.execute("insert into app_user (id, name, zone) values ('u', 'local', 'UTC')")
    connection.execute(
        "insert into account (user_id, name, broker, shorts) values ('u', 'main', 'csv', false)"
    )
    add_runs(connection, "done", now, 1)
    connection.execute(
        "update run set user_id = 'u', account_id = (select id from account), source = '',"
        " family = '', rank = 0"
    )
    assert list(purge(connection, now + timedelta(days=1))) == []
    assert not any_expired(connection, now + timedelta(days=1))


def test_every_run_stays_where_they_are_kept_for_ever(
    connection: psycopg.Connection, now: datetime
) -> None:
    add_runs(connection, "done", now - timedelta(days=4000), 1)
    assert not any_expired(connection, None)
    assert list(purge(connection, None)) == []


def test_a_table_that_is_not_there_is_skipped_and_one_that_comes_is_purged(
    connection: psycopg.Connection,
) -> None:
    tables = ("one_to_come",)
    assert list(purge(connection, None, tables)) == []
    connection.execute("create table one_to_come (key text, expires_at timestamptz not null)")
    connection.execute("insert into one_to_come values ('a', now()), ('b', 'infinity')")
    assert list(purge(connection, None, tables)) == [PurgedBatch("one_to_come", 1)]


def test_a_purge_within_a_transaction_is_refused(connection: psycopg.Connection) -> None:
    connection.execute(VALUES, ["-1 second", 1])
    with connection.transaction(), pytest.raises(RuntimeError, match="commits each"):
        next(purge(connection, None))
