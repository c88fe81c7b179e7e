"""The runs of long work: their attempts, their progress, their results, and who is at work.

Imports are rows of the same table; `store.imports.runs` knows what only they have. A session that
works on a run holds an advisory lock on its id, which the server frees when the session ends.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.errors import AmbiguousId, Locked, NotFound
from coach.model.accounts import JobKind, RunAttempt, RunId, RunState, UserId
from coach.model.events import Json
from coach.values import dataclass

INTERRUPTED = "interrupted; run it again"
"""Why a run failed that was cut off: by a signal, or by the end of its process."""
COLUMNS = (
    "id, kind, label, state, attempt, progress, result, error, started_at, finished_at, due_at,"
    " tries, request"
)
PATIENCE_S = 60.0
AS_NEW = (
    "tries = 0, due_at = null, carrier = null, finished_at = null, error = '', progress = null,"
    " result = null"
)
KEY = "hashtextextended('run:' || %s || ':' || %s, 0)"
START = f"""
insert into run (user_id, id, kind, label, request, state, started_at)
values (%s, %s, %s, %s, %s, 'running', %s) on conflict (user_id, id) do update
 set state = 'running', attempt = run.attempt + 1, label = excluded.label,
 request = excluded.request, started_at = excluded.started_at, {AS_NEW} returning attempt
"""  # noqa: S608 - constant text
FINISH = """
update run set state = 'done', progress = null, due_at = null, error = '', result = %s,
 finished_at = %s where user_id = %s and id = %s and attempt = %s and state = 'running'
"""
FAIL = """
update run set state = 'failed', progress = null, due_at = null, error = %s, finished_at = %s
 where user_id = %s and id = %s and attempt = %s and state = 'running'
"""
FAIL_DEAD = """
with held as materialized (
    select (classid::bigint << 32) | objid::bigint as key from pg_locks
     where locktype = 'advisory' and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())),
dead as materialized (
    select user_id, id, attempt from run where user_id = %s and state = 'running' and tries = 0
       and hashtextextended('run:' || user_id || ':' || id, 0) not in (select key from held))
update run r set state = 'failed', error = %s, finished_at = %s from dead
 where r.user_id = dead.user_id and r.id = dead.id and r.state = 'running'
   and r.attempt = dead.attempt
"""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One long work; what it keeps when it is done is the same after however many attempts.

    `progress` is how many steps are done, and of how many where that is known; None once done.
    `started_at` is when the last attempt began; before the first (`attempt` 0) it is when the run
    was asked for. `tries` counts the attempts of workers since then, 0 for a command's own work.
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
    due_at: datetime | None = None
    tries: int = 0
    request: dict[str, Json] | None = None


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
            f"select {COLUMNS} from run where user_id in (%s, '') order by started_at desc, n desc",  # noqa: S608 - constant text
            [user_id],
        ).fetchall()


def dead(connection: Connection[Any], user_id: UserId) -> list[JobRun]:
    """Return the runs of the user and of the installation that are dead, newest first."""
    return [run for run in runs(connection, user_id) if run.state == "dead"]


def by_prefix(connection: Connection[Any], user_id: UserId, prefix: str) -> JobRun:
    """Return the one run whose id begins so; NotFound, or AmbiguousId where several do."""
    with connection.cursor(row_factory=class_row(JobRun)) as cursor:
        found = cursor.execute(
            f"select {COLUMNS} from run where user_id in (%s, '') and starts_with(id, %s) limit 2",  # noqa: S608 - constant text
            [user_id, prefix.lower()],
        ).fetchall()
    if not found or not prefix:
        raise NotFound(kind="job", name=prefix)
    if len(found) > 1:
        raise AmbiguousId("job", prefix)
    return found[0]


def hold(
    connection: Connection[Any], user_id: UserId, run_id: RunId, patience_s: float = PATIENCE_S
) -> None:
    """Show that this session works on a run; wait for another that does.

    Locked where that one goes on for longer.
    """
    try:
        with connection.transaction():
            patience_ms = max(1, int(patience_s * 1000))
            connection.execute(f"set local lock_timeout = {patience_ms}")
            connection.execute(f"select pg_advisory_lock({KEY})", [user_id, run_id])
            # within another transaction the limit would go on for all of it
            connection.execute("set local lock_timeout to default")
    except LockNotAvailable as taken:
        raise Locked(
            "wait until it is done and try again", doing=f"at run {run_id[:12]}"
        ) from taken


def release(connection: Connection[Any], user_id: UserId, run_id: RunId) -> None:
    """Show that this session no longer works on a run."""
    connection.execute(f"select pg_advisory_unlock({KEY})", [user_id, run_id])


def start(
    connection: Connection[Any],
    user_id: UserId,
    run: tuple[RunId, JobKind, str],
    request: Mapping[str, Json],
    now: datetime,
) -> int:
    """Open a run of this id, kind and label, or open it again; return which attempt it is."""
    values = [user_id, *run, Jsonb(dict(request)), now]
    row = connection.execute(START, values).fetchone()
    assert row is not None
    return int(row[0])


def note_progress(
    connection: Connection[Any], claim: RunAttempt, done: int, of: int | None
) -> None:
    """Keep how far an attempt is; attempt 0 stands for whichever is under way."""
    connection.execute(
        "update run set progress = %s where user_id = %s and id = %s"
        " and attempt = coalesce(nullif(%s, 0), attempt) and state = 'running'",
        [Jsonb({"done": done, "of": of}), *claim],
    )


def finish(
    connection: Connection[Any], claim: RunAttempt, result: Mapping[str, Json], now: datetime
) -> None:
    """Close a run with its result; Locked where this attempt is not the one under way."""
    if not connection.execute(FINISH, [Jsonb(dict(result)), now, *claim]).rowcount:
        raise Locked("what this attempt did was not kept", doing=f"at run {claim.run_id[:12]}")


def fail(connection: Connection[Any], claim: RunAttempt, error: str, now: datetime) -> None:
    """Close a run as failed, unless this attempt at it is not the one under way."""
    connection.execute(FAIL, [error, now, *claim])


def fail_dead(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Close as failed the user's runs that no session works on any more, but for workers' runs."""
    connection.execute(FAIL_DEAD, [user_id, INTERRUPTED, now])
