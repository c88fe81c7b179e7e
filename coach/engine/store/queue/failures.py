"""Runs of workers that came to nothing: nobody tries them again by itself."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import JobKind

FAILED_SINCE = """
select kind, label, error from run
 where state in ('failed', 'dead') and tries > 0 and finished_at >= %s order by finished_at, n
"""


class FailedRun(NamedTuple):
    """A run that failed: its kind, what it is of, and why."""

    kind: JobKind
    label: str
    error: str


def failed_since(connection: Connection[Any], moment: datetime) -> list[FailedRun]:
    """Return the runs of workers that failed for good from that moment on, of all users."""
    with connection.cursor(row_factory=class_row(FailedRun)) as cursor:
        return cursor.execute(FAILED_SINCE, [moment]).fetchall()
