"""Units of work: what is written, what is told, and when followers are woken."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import pytest
from psycopg import OperationalError

from coach.engine.outbox.wakes import CHANNEL
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import RunId, UserId
from coach.model.bookkeeping.import_events import ImportProgress
from coach.model.events import Json, NewEvent
from tests.events_read import since

NAMED = "select count(*) from app_user where name = %s"


@pytest.fixture
def follower(database_url: str) -> Iterator[CoachConnection]:
    """A connection that listens for news."""
    with connect(database_url) as listening:
        listening.execute(f"listen {CHANNEL}")
        yield listening


def wakes(follower: CoachConnection) -> list[str]:
    follower.execute("select 1")
    return [note.payload for note in follower.notifies(timeout=0.2)]


def event(rows: int) -> NewEvent:
    return ImportProgress(run_id=RunId("r"), rows=rows, of=None)


def told(connection: CoachConnection, user_id: UserId) -> list[Json]:
    return [found.payload["rows"] for found in since(connection, user_id, None, 10)]


def add_user(connection: CoachConnection, name: str) -> None:
    connection.execute("insert into app_user (id, name) values (%s, %s)", [f"u-{name}", name])


def is_there(connection: CoachConnection, name: str) -> bool:
    [number] = connection.execute(NAMED, [name]).fetchone() or [0]
    return bool(number)


def test_a_unit_writes_its_events_and_wakes_once(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with unit_of_work(connection, alice, lambda: now) as events:
        events.extend([event(1), event(2)])
    assert told(connection, alice) == [1, 2]
    assert wakes(follower) == [alice]


def test_a_unit_without_events_wakes_nobody(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with unit_of_work(connection, alice, lambda: now):
        add_user(connection, "carol")
    assert is_there(connection, "carol")
    assert wakes(follower) == []


def test_nested_units_wake_once_and_only_after_the_outer_commit(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with unit_of_work(connection, alice, lambda: now) as events:
        events.append(event(1))
        with unit_of_work(connection, alice, lambda: now) as inner:
            inner.append(event(2))
        events.append(event(3))
        assert wakes(follower) == []
        assert told(connection, alice) == []
    assert told(connection, alice) == [1, 2, 3]
    assert wakes(follower) == [alice]


def test_a_unit_that_fails_writes_and_tells_nothing(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with suppress(KeyError), unit_of_work(connection, alice, lambda: now) as events:
        add_user(connection, "carol")
        events.append(event(1))
        raise KeyError
    assert not is_there(connection, "carol")
    assert told(connection, alice) == []
    assert wakes(follower) == []


def test_the_outer_unit_goes_on_without_what_an_inner_one_lost(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with unit_of_work(connection, alice, lambda: now) as events:
        events.append(event(1))
        with suppress(KeyError), unit_of_work(connection, alice, lambda: now) as inner:
            add_user(connection, "carol")
            inner.append(event(2))
            raise KeyError
    assert not is_there(connection, "carol")
    assert told(connection, alice) == [1]
    assert wakes(follower) == [alice]


def test_a_failing_outer_unit_takes_the_inner_ones_with_it(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with suppress(KeyError), unit_of_work(connection, alice, lambda: now):
        with unit_of_work(connection, alice, lambda: now) as inner:
            inner.append(event(1))
        raise KeyError
    assert told(connection, alice) == []
    assert wakes(follower) == []


def test_a_unit_to_be_rolled_back_tells_nothing(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with unit_of_work(connection, alice, lambda: now, force_rollback=True) as events:
        events.append(event(1))
        with unit_of_work(connection, alice, lambda: now) as inner:
            inner.append(event(2))
    assert told(connection, alice) == []
    assert wakes(follower) == []


def test_units_of_two_users_tell_each_their_own(
    connection: CoachConnection,
    follower: CoachConnection,
    alice: UserId,
    bob: UserId,
    now: datetime,
) -> None:
    with unit_of_work(connection, alice, lambda: now) as events:
        events.append(event(1))
        with unit_of_work(connection, bob, lambda: now) as inner:
            inner.append(event(2))
    assert (told(connection, alice), told(connection, bob)) == ([1], [2])
    assert wakes(follower) == [f"{alice},{bob}"]


def test_a_unit_inside_a_plain_transaction_is_refused(
    connection: CoachConnection, alice: UserId, now: datetime
) -> None:
    with (
        connection.transaction(),
        pytest.raises(RuntimeError),
        unit_of_work(connection, alice, lambda: now),
    ):
        pass


def test_a_unit_after_one_that_failed_is_an_outermost_one(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    with suppress(KeyError), unit_of_work(connection, alice, lambda: now):
        raise KeyError
    with unit_of_work(connection, alice, lambda: now) as events:
        events.append(event(1))
    assert told(connection, alice) == [1]
    assert wakes(follower) == [alice]


def test_a_unit_over_a_connection_that_is_lost_says_so(
    connection: CoachConnection, follower: CoachConnection, alice: UserId, now: datetime
) -> None:
    ended = "select pg_terminate_backend(%s, 60000)"
    follower.execute(ended, [connection.info.backend_pid])
    with suppress(OperationalError):
        connection.execute("select 1")
    with pytest.raises(OperationalError), unit_of_work(connection, alice, lambda: now):
        pass
