"""How many runs are in each state, and how many of those that are queued may begin now."""

from datetime import datetime

from psycopg import Connection

STATES = "select state, count(*) from run group by state"
WAITING = "select count(*) from run where state = 'queued' and (due_at is null or due_at <= %s)"


def count_by_state(connection: Connection) -> dict[str, int]:
    """Return the runs of all users by their state; a state without runs is left out."""
    return dict(connection.execute(STATES).fetchall())


def count_waiting(connection: Connection, now: datetime) -> int:
    """Return how many queued runs of all users wait for nothing but a worker."""
    row = connection.execute(WAITING, [now]).fetchone()
    assert row is not None
    return int(row[0])
