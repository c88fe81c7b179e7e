"""How far devices have acknowledged their users' events."""

from datetime import datetime, timedelta

import psycopg
import pytest

from coach.engine.outbox import devices
from coach.engine.outbox.epochs import renew
from coach.engine.outbox.read import head
from coach.engine.outbox.retention import retire
from coach.engine.outbox.write import emit
from coach.errors import Invalid, NotFound
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

HOT = "select pg_stat_get_xact_tuples_hot_updated('delivery_cursor'::regclass)"


def commit(connection: psycopg.Connection, user_id: UserId, now: datetime, count: int) -> str:
    """Write events, and return their epoch."""
    with connection.transaction():
        emit(connection, {user_id: [DigestReady(week="2026-W10", sha256="")] * count}, now)
    return head(connection, user_id).epoch


def test_a_position_never_goes_back(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 5)
    for seq, counts in ((2, 2), (4, 4), (1, 4), (4, 4), (5, 5)):
        assert devices.acknowledge(connection, alice, "phone", (epoch, seq), now) == counts
        assert [one.seq for one in devices.positions(connection, alice)] == [counts]


@pytest.mark.parametrize("seq", [6, 2**40])
def test_an_acknowledgement_beyond_the_newest_event_is_refused(
    connection: psycopg.Connection, alice: UserId, now: datetime, seq: int
) -> None:
    epoch = commit(connection, alice, now, 5)
    assert devices.acknowledge(connection, alice, "phone", (epoch, seq), now) is None
    assert devices.positions(connection, alice) == []


def test_who_has_no_events_acknowledges_none(
    connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 5)
    assert devices.acknowledge(connection, bob, "phone", (epoch, 1), now) is None


def test_a_position_is_one_of_its_epoch(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    before = commit(connection, alice, now, 5)
    devices.acknowledge(connection, alice, "phone", (before, 5), now)
    renew(connection)
    [one] = devices.positions(connection, alice)
    assert (one.seq, one.state) == (5, "outdated")
    assert devices.acknowledge(connection, alice, "phone", (before, 5), now) is None
    after = head(connection, alice).epoch
    assert devices.acknowledge(connection, alice, "phone", (after, 2), now) == 2
    [one] = devices.positions(connection, alice)
    assert (one.epoch, one.seq, one.head, one.state) == (after, 2, 5, "behind")


def test_each_device_of_each_user_has_a_position_of_its_own(
    connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    epochs = {user: commit(connection, user, now, 3) for user in (alice, bob)}
    devices.acknowledge(connection, alice, "phone", (epochs[alice], 1), now)
    devices.acknowledge(connection, alice, "desk", (epochs[alice], 3), now + timedelta(1))
    devices.acknowledge(connection, bob, "phone", (epochs[bob], 2), now)
    found = [(one.device, one.seq, one.state) for one in devices.positions(connection, alice)]
    assert found == [("desk", 3, "current"), ("phone", 1, "behind")]
    own = devices.position(connection, bob, "phone")
    assert own is not None
    assert own.seq == 2
    assert devices.position(connection, bob, "desk") is None


def test_a_device_whose_next_events_have_left_is_outdated(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    later = now + timedelta(days=90)
    epoch = commit(connection, alice, now, 3)
    devices.acknowledge(connection, alice, "phone", (epoch, 2), now)
    devices.acknowledge(connection, alice, "desk", (epoch, 3), now)
    commit(connection, alice, later, 1)
    retire(connection, later, 2)
    found = {one.device: one.state for one in devices.positions(connection, alice)}
    assert found == {"phone": "outdated", "desk": "behind"}


def test_a_position_moves_without_touching_an_index(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 40)
    with connection.transaction():
        for seq in range(41):
            devices.acknowledge(connection, alice, "phone", (epoch, seq), now)
        assert connection.execute(HOT).fetchone() == (40,)


def test_devices_that_were_not_heard_of_for_long_are_forgotten(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 3)
    for device, days in (("old", 181), ("late", 179), ("new", 0)):
        at = now - timedelta(days)
        devices.acknowledge(connection, alice, device, (epoch, 1), at)
    assert devices.purge(connection, now) == 1
    assert [one.device for one in devices.positions(connection, alice)] == ["new", "late"]
    assert devices.purge(connection, now + timedelta(10_000)) <= 2  # by the clock of the server


def test_an_old_acknowledgement_makes_no_device_older(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 3)
    devices.acknowledge(connection, alice, "phone", (epoch, 1), now)
    devices.acknowledge(connection, alice, "phone", (epoch, 2), now - timedelta(400))
    assert devices.positions(connection, alice)[0].at == now


def test_a_device_is_forgotten_once(
    connection: psycopg.Connection, alice: UserId, now: datetime
) -> None:
    epoch = commit(connection, alice, now, 3)
    devices.acknowledge(connection, alice, "phone", (epoch, 1), now)
    devices.forget(connection, alice, "phone")
    assert devices.positions(connection, alice) == []
    with pytest.raises(NotFound, match="no device 'phone'"):
        devices.forget(connection, alice, "phone")


@pytest.mark.parametrize("name", ["", " ", "two words", "-x", "a\nb", "x" * 65, "a/b"])
def test_a_device_is_one_plain_word(name: str) -> None:
    with pytest.raises(Invalid, match="one word"):
        devices.check_name(name)


@pytest.mark.parametrize("name", ["laptop", "küche", "ab12.local:2", "me@desk", "x" * 64])
def test_a_word_is_a_name(name: str) -> None:
    devices.check_name(name)
