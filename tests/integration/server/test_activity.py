"""What goes on in an installation, in numbers of all its users."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from coach.engine.api.live.activity import read_activity
from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.outbox import volume
from coach.engine.outbox.write import emit
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady


@pytest.fixture
def connection(database_url: str) -> Iterator[CoachConnection]:
    with connect(database_url) as found:
        yield found


def user(connection: CoachConnection, name: str) -> UserId:
    made = users.add(connection, name, "UTC")
    assert made is not None
    return made.id


def commit(connection: CoachConnection, user_id: UserId, events: int, now: datetime) -> None:
    with connection.transaction():
        emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")] * events}, now)


def test_events_count_from_midnight_utc_and_the_busiest_comes_first(
    connection: CoachConnection, now: datetime
) -> None:
    midnight = now.replace(hour=0)
    ann, bob = user(connection, "ann"), user(connection, "bob")
    commit(connection, ann, 5, midnight - timedelta(milliseconds=1))
    commit(connection, ann, 1, midnight)
    commit(connection, bob, 3, now)
    found = read_activity(connection, now)
    assert list(found.events.items()) == [(bob, 3), (ann, 1)]
    assert found.users_above == 0


def test_users_above_the_mark_are_counted_though_only_the_busiest_are_named(
    connection: CoachConnection, now: datetime
) -> None:
    for number in range(4):
        commit(connection, user(connection, f"user {number}"), number, now)
    found = volume.busiest_today(connection, now, most=1, mark=1)
    assert [(one.events, one.users_above) for one in found] == [(3, 2)]


def test_the_day_s_events_are_found_by_their_ids(
    connection: CoachConnection, now: datetime
) -> None:
    commit(connection, user(connection, "ann"), 1, now)
    connection.execute("set enable_seqscan = off")
    plan = connection.execute(f"explain {volume.TODAY}", [1, "01", now, 0, 5]).fetchall()
    assert "Index Cond: ((user_id = s.user_id) AND (id >= '01'" in str(plan)


def test_queued_runs_wait_for_a_worker_once_they_are_due(
    connection: CoachConnection, now: datetime
) -> None:
    ann = user(connection, "ann")
    for number, due_at in enumerate((None, now, now + timedelta(hours=1))):
        order = JobOrder("score.bias", {"number": number}, f"number {number}")
        assert queue.enqueue(connection, ann, order, now, due_at)
    found = read_activity(connection, now)
    assert (found.runs, found.waiting) == ({"queued": 3}, 2)
