"""The runs of long work: their attempts, their progress, their results, and who is at work.

Imports are rows of the same table; `store.imports.runs` knows what only they have. A session that
works on a run holds an advisory lock on its id, which the server frees when the session ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.model.accounts import JobKind, RunId, RunState, UserId
from coach.model.events import Json

INTERRUPTED = "interrupted; run it again"
"""Why a run failed that was cut off: by a signal, or by the end of its process."""
COLUMNS = "id, kind, label, state, attempt, progress, result, error, started_at, finished_at"
KEY = "hashtextextended('run:' || %s || ':' || %s, 0)"
FAIL_DEAD = """
with held as materialized (
    select (classid::bigint << 32) | objid::bigint as key from pg_locks
     where locktype = 'advisory' and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())),
dead as materialized (
    select user_id, id, attempt from run where user_id = %s and state = 'running'
       and hashtextextended('run:' || user_id || ':' || id, 0) not in (select key from held))
update run r set state = 'failed', error = %s, finished_at = %s from dead
 where r.user_id = dead.user_id and r.id = dead.id and r.state = 'running'
   and r.attempt = dead.attempt
"""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One long work; what it keeps when it is done is the same after however many attempts.

    `progress` is how many steps are done, and of how many where that is known; None once done.
    """

    id: RunId
    kind: JobKind
    label: str
    state: RunState
    attempt: int
    progress: dict[str, int | None] | None
    result: dict[str, Json] | None
    error: str
    started_at: datetime
    finished_at: datetime | None


def find(connection: Connection[Any], user_id: UserId, run_id: RunId) -> JobRun | None:
    """Return the run of that id; None where there is none."""
    with connection.cursor(row_factory=class_row(JobRun)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from run where user_id = %s and id = %s",  # noqa: S608 - constant text
            [user_id, run_id],
        ).fetchone()


def runs(connection: Connection[Any], user_id: UserId) -> list[JobRun]:
    """Return the user's runs of every kind, newest first."""
    with connection.cursor(row_factory=class_row(JobRun)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from run where user_id = %s order by started_at desc, n desc",  # noqa: S608 - constant text
            [user_id],
        ).fetchall()


def hold(connection: Connection[Any], user_id: UserId, run_id: RunId) -> None:
    """Show that this session works on a run; several sessions may, at the same run."""
    connection.execute(f"select pg_advisory_lock_shared({KEY})", [user_id, run_id])


def release(connection: Connection[Any], user_id: UserId, run_id: RunId) -> None:
    """Show that this session no longer works on a run."""
    connection.execute(f"select pg_advisory_unlock_shared({KEY})", [user_id, run_id])


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


def fail_dead(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Close as failed the user's runs that no session works on any more."""
    connection.execute(FAIL_DEAD, [user_id, INTERRUPTED, now])
