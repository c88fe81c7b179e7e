"""Months that leave when they are older than wanted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from coach.engine.outbox import partitions
from coach.engine.outbox.retention import LOCK, MARK, retire
from coach.engine.outbox.write import emit
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady
from tests.events_read import since

Connect = Callable[[], psycopg.Connection]
LATER = datetime(2026, 6, 20, tzinfo=UTC)


def commit(connection: psycopg.Connection, user_id: UserId, *moments: datetime) -> None:
    for moment in moments:
        with connection.transaction():
            emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")]}, moment)


def names(connection: psycopg.Connection) -> list[str]:
    return [month.name[-2:] for month in partitions.months(connection)]


def test_a_month_leaves_when_the_last_of_the_wanted_ones_begins_after_it(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, LATER)
    assert retire(connection, LATER, 3) == []
    assert retire(connection, LATER, 2) == ["event_outbox_2026_03"]
    assert names(connection) == ["04", "05", "06"]
    assert [event.ts for event in since(connection, alice, None, 10)] == [LATER]
    assert retire(connection, LATER, 2) == []


def test_a_clock_that_runs_ahead_drops_nothing(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now)
    assert retire(connection, now + timedelta(days=4000), 2) == []
    assert names(connection) == ["03", "04", "05", "06"]


def test_a_month_that_somebody_reads_leaves_at_a_later_look(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, LATER)
    reader = connections()
    with reader.transaction():
        reader.execute("select count(*) from event_outbox")
        assert retire(connection, LATER, 2, patience_s=0.05) == []
        commit(connection, alice, LATER)  # nobody who writes is held up meanwhile
    assert connection.execute("show lock_timeout").fetchone() == ("0",)
    assert retire(connection, LATER, 2) == ["event_outbox_2026_03"]


@pytest.mark.parametrize("how_far", ["marked", "detached"])
def test_a_month_that_was_left_on_its_way_out_is_taken_out(
    connection: psycopg.Connection, alice: UserId, now: datetime, how_far: str
) -> None:
    commit(connection, alice, now, LATER)
    connection.execute(f"comment on table event_outbox_2026_03 is '{MARK}'")
    if how_far == "detached":
        connection.execute(
            "alter table event_outbox detach partition event_outbox_2026_03 concurrently"
        )
        commit(connection, alice, LATER)
    next_month = LATER + timedelta(days=31)
    assert retire(connection, next_month, 2) == ["event_outbox_2026_03"]


def test_two_coaches_do_not_take_out_the_same_month(
    connection: psycopg.Connection, connections: Connect, alice: UserId, now: datetime
) -> None:
    commit(connection, alice, now, LATER)
    connections().execute("select pg_advisory_lock(%s)", [LOCK])
    assert retire(connection, LATER, 2) == []
    assert names(connection)[0] == "03"


def test_months_ahead_are_counted_up_to_the_first_that_is_missing(
    connection: psycopg.Connection, now: datetime
) -> None:
    there = partitions.months(connection)
    assert [month.next for month in there[:-1]] == [month.first for month in there[1:]]
    assert partitions.months_ahead(there, now) == 3
    assert partitions.months_ahead([there[0], *there[2:]], now) == 0
    assert partitions.months_ahead(there[1:], now) == -1
