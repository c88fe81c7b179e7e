"""Connections that the threads of a server take turns with."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from psycopg_pool import ConnectionPool

from coach.engine.outbox.notifier import Notifier
from coach.engine.store.connect import CoachConnection, connect, parameters

PooledConnection = CoachConnection
LendConnection = Callable[[], AbstractContextManager[PooledConnection]]
MOST = 8
PATIENCE_S = 20.0
"""For a connection before a request is told to come back."""


def notifier(url: Callable[[], str]) -> Notifier:
    """Return what wakes followers for all connections of a process; `with` starts it."""
    return Notifier(lambda: connect(url()))


def connection_pool(
    url: Callable[[], str], telling: Notifier, most: int = MOST
) -> ConnectionPool[CoachConnection]:
    """Return a pool that is not open yet; each new connection asks for the URL.

    A connection that was lost while nobody used it is replaced before anybody gets it. The notifier
    tells followers of what is committed over any of them.
    """
    return ConnectionPool(
        lambda: parameters(url()),
        connection_class=CoachConnection,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=most,
        configure=telling.gather_from,
        open=False,
        check=ConnectionPool.check_connection,
        timeout=PATIENCE_S,
        name="coach",
    )


def stream_connection(url: str) -> CoachConnection:
    """Open a connection for the streams of a process."""
    return connect(url)
