"""The runs of long work that is no import: its attempts, its progress and its result.

Imports are rows of the same table; `store.imports.runs` knows what only they have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.model.accounts import RunId, UserId
from coach.model.events import Json

JobKind = Literal["candles", "simulation", "calibration", "digest"]


@dataclass(frozen=True, slots=True)
class JobRun:
    """One long work; what it keeps when it is done is the same after however many attempts.

    `progress` is how many steps are done, and of how many where that is known; None once done.
    """

    id: RunId
    kind: JobKind
    label: str
    state: Literal["running", "done", "failed"]
    attempt: int
    progress: dict[str, int | None] | None
    result: dict[str, Json] | None
    error: str
    started_at: datetime
    finished_at: datetime | None


COLUMNS = "id, kind, label, state, attempt, progress, result, error, started_at, finished_at"


def find(connection: Connection[Any], user_id: UserId, run_id: RunId) -> JobRun | None:
    """Return the run of that id; None where there is none, or where it is an import."""
    with connection.cursor(row_factory=class_row(JobRun)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from run where user_id = %s and id = %s and kind <> 'import'",  # noqa: S608 - constant text
            [user_id, run_id],
        ).fetchone()


def start(
    connection: Connection[Any], user_id: UserId, run: tuple[RunId, JobKind, str], now: datetime
) -> int:
    """Open a run of this id, kind and label, or open it again; return which attempt it is."""
    row = connection.execute(
        "insert into run (user_id, id, kind, label, state, started_at)"
        " values (%s, %s, %s, %s, 'running', %s)"
        " on conflict (user_id, id) do update set state = 'running', attempt = run.attempt + 1,"
        " label = excluded.label, started_at = excluded.started_at, finished_at = null,"
        " error = '', progress = null, result = null returning attempt",
        [user_id, *run, now],
    ).fetchone()
    assert row is not None
    return int(row[0])


def note_progress(
    connection: Connection[Any], user_id: UserId, run_id: RunId, done: int, of: int | None
) -> None:
    """Keep how far a run is."""
    connection.execute(
        "update run set progress = %s where user_id = %s and id = %s",
        [Jsonb({"done": done, "of": of}), user_id, run_id],
    )


def finish(
    connection: Connection[Any],
    user_id: UserId,
    run_id: RunId,
    result: Mapping[str, Json],
    now: datetime,
) -> None:
    """Close a run with its result."""
    connection.execute(
        "update run set state = 'done', progress = null, result = %s, finished_at = %s"
        " where user_id = %s and id = %s",
        [Jsonb(dict(result)), now, user_id, run_id],
    )


def fail(
    connection: Connection[Any], user_id: UserId, run_id: RunId, error: str, now: datetime
) -> None:
    """Close a run as failed, unless it was closed before."""
    connection.execute(
        "update run set state = 'failed', error = %s, finished_at = %s"
        " where user_id = %s and id = %s and state = 'running'",
        [error, now, user_id, run_id],
    )
