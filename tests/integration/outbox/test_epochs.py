"""A new epoch while transactions write events."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import monotonic, sleep

import psycopg

from coach.engine.outbox.epochs import renew
from coach.engine.outbox.write import emit
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

Connect = Callable[[], psycopg.Connection]
PATIENCE_S = 60.0
WAITS = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
NEWS = [DigestReady(week="2026-W10", sha256="")]


def test_a_new_epoch_waits_for_a_transaction_of_several_users_and_does_not_break_it(
    connections: Connect, connection: psycopg.Connection, alice: UserId, bob: UserId, now: datetime
) -> None:
    writer, renewer = connections(), connections()
    for user in (bob, alice):  # bob's row is the first of the table
        with connection.transaction():
            emit(connection, {user: NEWS}, now)
    with ThreadPoolExecutor(1) as pool:
        with writer.transaction():
            emit(writer, {alice: NEWS}, now)
            renewed = pool.submit(renew, renewer)
            wait_until_it_waits(connection, renewer.info.backend_pid)
            emit(writer, {bob: NEWS}, now)
        epochs = renewed.result(PATIENCE_S)
    assert {(one.user, one.events) for one in epochs} == {("alice", 2), ("bob", 2)}
    assert len({one.epoch for one in epochs}) == 1


def wait_until_it_waits(connection: psycopg.Connection, pid: int) -> None:
    deadline = monotonic() + PATIENCE_S
    while connection.execute(WAITS, [pid]).fetchone() != (True,):
        assert monotonic() < deadline
        sleep(0.01)
