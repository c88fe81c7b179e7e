"""Which workers are alive: each of procrastinate's tells the database so every few seconds."""

from typing import Any

from psycopg import Connection

from coach.engine.store.queue.repair import STALE

ANY_ALIVE = """
select exists (select from procrastinate_workers where last_heartbeat > now() - %s::interval)
"""


def any_alive(connection: Connection[Any]) -> bool:
    """Say whether a worker spoke within the last minute, on whichever machine."""
    row = connection.execute(ANY_ALIVE, [STALE]).fetchone()
    return bool(row and row[0])
