"""Months made ahead."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

import psycopg
import pytest

from coach.engine.outbox import partitions
from coach.engine.store.candles import objects_kept
from coach.errors import DatabaseTrouble

Connect = Callable[[], psycopg.Connection]

BOUNDS = """
select c.relname, pg_get_expr(c.relpartbound, c.oid)
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'event_outbox'::regclass order by 1
"""


def test_the_month_of_now_and_three_more_are_there(connection: psycopg.Connection) -> None:
    assert [name for name, _ in connection.execute(BOUNDS)] == [
        f"event_outbox_2026_0{month}" for month in (3, 4, 5, 6)
    ]


def test_making_months_again_makes_none(connection: psycopg.Connection, now: datetime) -> None:
    assert partitions.ensure(connection, now) == []


def test_a_year_ends_in_december(connection: psycopg.Connection) -> None:
    made = partitions.ensure(connection, datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert made == [
        f"event_outbox_{month}" for month in ("2026_11", "2026_12", "2027_01", "2027_02")
    ]


def test_bounds_are_utc_whatever_the_session_thinks(connection: psycopg.Connection) -> None:
    connection.execute("set time zone 'Asia/Nicosia'")
    partitions.ensure(connection, datetime(2027, 4, 1, tzinfo=UTC), months_ahead=0)
    connection.execute("set time zone 'UTC'")
    bounds: dict[str, str] = dict(connection.execute(BOUNDS).fetchall())
    assert bounds["event_outbox_2027_04"] == (
        "FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00')"
    )


def test_there_is_no_default_partition(connection: psycopg.Connection) -> None:
    assert not any(bound == "DEFAULT" for _, bound in connection.execute(BOUNDS))


def test_a_reader_in_mid_query_does_not_hold_up_a_new_month(
    connection: psycopg.Connection, connections: Callable[[], psycopg.Connection], now: datetime
) -> None:
    reader = connections()
    with reader.transaction():
        reader.execute("select count(*) from event_outbox")
        assert len(partitions.ensure(connection, now, months_ahead=4)) == 1


def test_two_coaches_making_the_same_months_both_succeed(
    connections: Callable[[], psycopg.Connection],
) -> None:
    moment = datetime(2028, 1, 1, tzinfo=UTC)
    made: list[list[str]] = []
    pair = [connections(), connections()]
    threads = [
        Thread(target=lambda one=one: made.append(partitions.ensure(one, moment))) for one in pair
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, made)) == [0, 4]


@pytest.mark.parametrize("column", ["user_id, seq, ts", "user_id, id, ts"])
def test_a_month_has_the_indexes_of_the_table(connection: psycopg.Connection, column: str) -> None:
    indexes = connection.execute(
        "select indexdef from pg_indexes where tablename = 'event_outbox_2026_03'"
    )
    assert any(f"({column})" in definition for (definition,) in indexes)


@pytest.mark.parametrize(
    ("ahead", "health"), [(3, "ok"), (2, "ok"), (1, "degraded"), (0, "failing"), (-1, "failing")]
)
def test_less_than_two_months_ahead_degrade_and_less_than_one_fails(
    ahead: int, health: str
) -> None:
    assert partitions.month_health(ahead) == health


def test_nobody_serves_with_less_than_a_month_ahead(
    connection: psycopg.Connection, now: datetime
) -> None:
    partitions.refuse_without_months(connection, now)
    connection.execute("drop table event_outbox_2026_05")
    partitions.refuse_without_months(connection, now)
    connection.execute("drop table event_outbox_2026_04")
    with pytest.raises(DatabaseTrouble, match="made up to 0 ahead"):
        partitions.refuse_without_months(connection, now)
    connection.execute("drop table event_outbox_2026_03")
    with pytest.raises(DatabaseTrouble, match="no month for the events of today"):
        partitions.refuse_without_months(connection, now)


def test_months_are_made_while_candles_are_on_their_way(
    connection: psycopg.Connection, connections: Connect, now: datetime
) -> None:
    """A fetch of candles holds its lock for as long as a network takes."""
    with objects_kept(connections()):
        assert len(partitions.ensure(connection, now, months_ahead=4)) == 1


def test_events_that_stay_locked_are_an_error_after_so_many_tries(
    connection: psycopg.Connection, connections: Connect, now: datetime
) -> None:
    holder = connections()
    with holder.transaction():
        holder.execute("lock table event_outbox in share update exclusive mode")
        with pytest.raises(DatabaseTrouble, match="the events are locked"):
            partitions.ensure(connection, now, months_ahead=4, tries=1)
