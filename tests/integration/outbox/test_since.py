"""Reading on from an id."""

from datetime import datetime, timedelta

import psycopg
import pytest

from coach.advice.hints import hint_of
from coach.engine.outbox.read import AFTER, head
from coach.engine.outbox.retention import retire
from coach.engine.outbox.write import emit
from coach.errors import UsageError
from coach.model.accounts import UserId
from coach.model.events import EventId, StreamHead
from coach.model.notifications.events import DigestReady
from tests.events_read import since

NEWS = DigestReady(week="2026-W10", sha256="")


def commit(connection: psycopg.Connection, user_id: UserId, now: datetime) -> EventId:
    with connection.transaction():
        return emit(connection, {user_id: [NEWS]}, now)[0]


def test_reading_goes_on_after_the_id(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    ids = [commit(connection, alice, now + timedelta(days=20 * step)) for step in range(4)]
    assert [event.id for event in since(connection, alice, ids[1], 10)] == ids[2:]
    assert since(connection, alice, EventId(ids[3].lower()), 10) == []
    assert head(connection, alice).head == 4


def test_a_page_ends_at_its_limit(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    ids = [commit(connection, alice, now) for _ in range(3)]
    assert [event.id for event in since(connection, alice, None, 2)] == ids[:2]


@pytest.mark.parametrize("text", ["", "17", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "8" + "Z" * 25, "é" * 26])
def test_an_id_that_is_none_of_ours_is_named_in_the_error(
    connection: psycopg.Connection, alice: UserId, text: str
) -> None:
    with pytest.raises(UsageError) as caught:
        since(connection, alice, EventId(text), 10)
    assert repr(text) in str(caught.value)
    assert "coach events" in hint_of(caught.value)


def test_another_traders_id_shows_nothing_of_either(
    connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    commit(connection, alice, now)
    stolen = commit(connection, bob, now)
    with pytest.raises(UsageError):
        since(connection, alice, stolen, 10)


def test_a_user_without_events_has_none(connection: psycopg.Connection, alice: UserId) -> None:
    assert since(connection, alice, None, 10) == []
    assert head(connection, alice) == StreamHead("", 1, 0)


def test_reading_on_uses_the_index_and_only_the_months_that_matter(
    connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    later = now + timedelta(days=40)
    for moment in (now, later):
        with connection.transaction():
            emit(connection, {alice: [NEWS] * 3000, bob: [NEWS] * 3000}, moment)
    connection.execute("analyze event_outbox")
    plan = "\n".join(
        line for (line,) in connection.execute(f"explain {AFTER}", (alice, 5900, later, 200))
    )
    assert "event_outbox_2026_04_user_id_seq_ts" in plan
    assert "Seq Scan on event_outbox_2026_04" not in plan
    assert "event_outbox_2026_03" not in plan


def test_an_id_of_a_month_that_left_is_said_to_be_too_old(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    later = now + timedelta(days=90)
    gone, kept = commit(connection, alice, now), commit(connection, alice, later)
    assert retire(connection, later, 2) == ["event_outbox_2026_03"]
    with pytest.raises(UsageError, match="no longer kept"):
        since(connection, alice, gone, 10)
    assert [event.id for event in since(connection, alice, None, 10)] == [kept]
