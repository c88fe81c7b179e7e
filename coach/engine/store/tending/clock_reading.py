"""What the database's clock says, and the newest time that a clock of ours has written."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

CLOCKS = "select clock_timestamp(), (select max(started_at) from run)"


class StoredClocks(NamedTuple):
    """The server's time now, and when the newest run began; None where there is none."""

    server: datetime
    newest: datetime | None


def read_clocks(connection: Connection[Any]) -> StoredClocks:
    """Return both times."""
    row = connection.execute(CLOCKS).fetchone()
    assert row is not None
    return StoredClocks(*row)
