"""Waking followers after a commit, and not after each of many commits in a row.

A notification holds a lock of the whole database until its transaction has ended, so one that comes
with every commit is what limits how many commits there are. Therefore it is never part of the
transaction that made an event true, it waits for no disk, and what comes close together is one. It
is a hint and no more: where it is lost followers look by themselves.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

import psycopg
from psycopg.pq import TransactionStatus

from coach.engine.store.connect import CoachConnection
from coach.model.accounts import UserId

CHANNEL = "coach_wake"
LONGEST_NOTE = 7900
"""Bytes; PostgreSQL refuses 8000."""
EVERYBODY = "*"
WINDOW_S = 0.01
"""Between two notifications of one connection."""

# Local to this transaction: nobody waits until the disk has a hint.
NOTIFY = "select set_config('synchronous_commit', 'off', true), pg_notify(%s, %s)"


class ConnectionWakes:
    """The hints of one connection: the first is sent at once, then one after WINDOW_S at most.

    What waits is sent with a later commit or when the connection is closed, so a command that ends
    leaves none unsent.
    """

    def __init__(self, ticks: Callable[[], float] = monotonic) -> None:
        self._ticks = ticks
        self._waiting: set[UserId] = set()
        self._sent = float("-inf")

    def add(self, connection: CoachConnection, users: Iterable[UserId]) -> None:
        """Wake the followers of these users now or soon."""
        self._waiting.update(users)
        if self._ticks() - self._sent >= WINDOW_S:
            self.flush(connection)

    def flush(self, connection: CoachConnection) -> None:
        """Send what waits, unless the connection is lost or within a transaction."""
        if self._waiting and connection.info.transaction_status == TransactionStatus.IDLE:
            self._sent = self._ticks()
            with suppress(psycopg.OperationalError):
                wake(connection, self._waiting)
            self._waiting = set()


def wake_soon(connection: CoachConnection, users: Iterable[UserId]) -> None:
    """Tell followers that these users have news, after the commit that brought them."""
    if connection.wakes is None:
        connection.wakes = ConnectionWakes()
    connection.wakes.add(connection, users)


def wake(connection: psycopg.Connection, users: Iterable[UserId]) -> None:
    """Send one notification that names these users, or nobody where they are too many to name."""
    names = ",".join(sorted(set(users)))
    note = names if len(names.encode()) <= LONGEST_NOTE else EVERYBODY
    connection.execute(NOTIFY, (CHANNEL, note))
