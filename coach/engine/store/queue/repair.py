"""Runs that nobody works on any more, and runs that no entry of the queue brings to a worker."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from coach.engine.store.job_runs import INTERRUPTED
from coach.model.accounts import JobKind, RunId, UserId

STALE = timedelta(seconds=60)
"""How long a worker of procrastinate's may be silent before it counts as gone."""
RELEASE_DEAD = """
with held as materialized (
    select (classid::bigint << 32) | objid::bigint as key from pg_locks
     where locktype = 'advisory' and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())),
dead as materialized (
    select user_id, id, attempt, tries from run where state = 'running' and tries > 0
       and hashtextextended('run:' || user_id || ':' || id, 0) not in (select key from held))
update run r set state = case when dead.tries < %(most)s then 'queued' else 'dead' end,
       error = %(error)s, progress = null, carrier = null,
       due_at = case when dead.tries < %(most)s then %(now)s else null end,
       finished_at = case when dead.tries < %(most)s then null else %(now)s end
  from dead where r.user_id = dead.user_id and r.id = dead.id and r.state = 'running'
   and r.attempt = dead.attempt
"""
END_HOLDERS = """
select pg_terminate_backend(l.pid) from pg_locks l, run r
 where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
   and l.database = (select oid from pg_database where datname = current_database())
   and (l.classid::bigint << 32) | l.objid::bigint
       = hashtextextended('run:' || r.user_id || ':' || r.id, 0)
   and r.state = 'running' and r.tries > 0 and r.kind = %s and r.started_at < %s
   and l.pid <> pg_backend_pid()
"""
FORGET_STALLED = """
delete from procrastinate_jobs j where j.status = 'doing' and not exists (
    select from procrastinate_workers w where w.id = j.worker_id
       and w.last_heartbeat > now() - %s::interval)
"""
LEFT_BEHIND = """
select user_id, id, attempt, due_at from run r where state = 'queued' and not exists (
    select from procrastinate_jobs j where j.id = r.carrier and j.status = 'todo')
 for update skip locked
"""


class LeftBehind(NamedTuple):
    """A queued run that no waiting entry of the queue carries, and before when it is not to begin.

    An entry that a worker has taken counts no more: the worker claims the run within a moment, or
    was killed before it could, which procrastinate notices after a minute. Where the worker lives
    the run gets a second entry, and who comes with it finds that the run was begun.
    """

    user_id: UserId
    id: RunId
    attempt: int
    due_at: datetime | None


def release_dead(connection: Connection[Any], most_tries: int, now: datetime) -> None:
    """Queue the runs of workers that are gone again; one that was tried too often is dead."""
    connection.execute(RELEASE_DEAD, {"most": most_tries, "error": INTERRUPTED, "now": now})


def end_holders(connection: Connection[Any], kind: JobKind, begun_before: datetime) -> int:
    """End the sessions of workers at a run of this kind that began before; return how many."""
    return connection.execute(END_HOLDERS, [kind, begun_before]).rowcount


def forget_stalled(connection: Connection[Any]) -> None:
    """Delete the entries of the queue that a worker took which is gone."""
    connection.execute(FORGET_STALLED, [STALE])


def left_behind(connection: Connection[Any]) -> list[LeftBehind]:
    """Return the queued runs that no waiting entry of the queue carries, and lock their rows."""
    with connection.cursor(row_factory=class_row(LeftBehind)) as cursor:
        return cursor.execute(LEFT_BEHIND).fetchall()
