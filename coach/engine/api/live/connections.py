"""Connections that the threads of a server take turns with."""

from collections.abc import Callable

from psycopg_pool import ConnectionPool

from coach.engine.store.connect import CoachConnection, parameters

MOST = 8
PATIENCE_S = 20.0
"""For a connection before a request is told to come back."""


def connection_pool(url: Callable[[], str], most: int = MOST) -> ConnectionPool[CoachConnection]:
    """Return a pool that is not open yet; each new connection asks for the URL.

    A connection that was lost while nobody used it is replaced before anybody gets it.
    """
    return ConnectionPool(
        lambda: parameters(url()),
        connection_class=CoachConnection,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=most,
        open=False,
        check=ConnectionPool.check_connection,
        timeout=PATIENCE_S,
        name="coach",
    )
