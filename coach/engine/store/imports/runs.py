"""The imports there were, and what each brought."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from coach.errors import AmbiguousId, Locked, NotFound
from coach.model.accounts import AccountId, Run, RunId, SkippedRow, UserId
from coach.model.notices import as_json, from_json
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class RunInProgress:
    """A run that is under way: its public id, its number in the tables, its attempt."""

    id: RunId
    n: int
    attempt: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """Where a run's fills come from."""

    account_id: AccountId
    source: str
    family: str
    rank: int
    label: str


def run_id(*parts: str) -> RunId:
    """Return the deterministic id of an import: sha256 over its length-prefixed parts."""
    text = b"".join(b"%d:%b" % (len(part.encode()), part.encode()) for part in parts)
    return RunId(sha256(text).hexdigest())


COLUMNS = """
r.id, a.name as account, r.source, r.label, r.state, r.attempt, r.fetched, r.new, r.known,
r.changed, r.skipped, r.skipped_count, r.other, r.warnings, r.first_at as first,
r.last_at as last, r.started_at, r.finished_at, r.error,
r.clock, r.clock_origin
"""


def find(connection: Connection[Any], user_id: UserId, run_id: RunId) -> Run | None:
    """Return the run of that id."""
    found = _select(connection, "r.user_id = %s and r.id = %s", [user_id, run_id])
    return found[0] if found else None


def by_prefix(connection: Connection[Any], user_id: UserId, prefix: str) -> Run:
    """Return the one run whose id begins so; NotFound, or UsageError when several do."""
    found = _select(
        connection, "r.user_id = %s and starts_with(r.id, %s)", [user_id, prefix.lower()]
    )
    if not found or not prefix:
        raise NotFound(kind="run", name=prefix)
    if len(found) > 1:
        raise AmbiguousId("run", prefix)
    return found[0]


def runs(connection: Connection[Any], user_id: UserId) -> list[Run]:
    """Return the user's runs, newest first."""
    return _select(connection, "r.user_id = %s order by r.started_at desc, r.n desc", [user_id])


def _select(connection: Connection[Any], where: str, values: Sequence[object]) -> list[Run]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"select {COLUMNS} from run r join account a on a.user_id = r.user_id"  # noqa: S608 - constant text
            f" and a.id = r.account_id where {where}",
            list(values),
        ).fetchall()
    for row in rows:
        row["skipped"] = tuple(SkippedRow(**skip) for skip in row["skipped"])
        row["warnings"] = tuple(map(from_json, row["warnings"]))
    return [Run(**row) for row in rows]


START = """
insert into run (user_id, id, account_id, source, family, rank, label, state, started_at)
values (%s, %s, %s, %s, %s, %s, %s, 'running', %s)
on conflict (user_id, id) do update set state = 'running', attempt = run.attempt + 1, tries = 0,
 account_id = excluded.account_id, source = excluded.source, family = excluded.family,
 rank = excluded.rank, label = excluded.label, started_at = excluded.started_at, due_at = null,
 carrier = null, finished_at = null, error = '', progress = null, result = null
returning n, attempt
"""
GO_ON = """
update run set account_id = %s, source = %s, family = %s, rank = %s, label = %s
 where user_id = %s and id = %s and attempt = %s and state = 'running' returning n, attempt
"""


def start(
    connection: Connection[Any],
    user_id: UserId,
    run_id: RunId,
    origin: RunOrigin,
    now: datetime,
    claimed: int | None = None,
) -> RunInProgress:
    """Open the run, or open it again as a further attempt; go on with the `claimed` attempt.

    Locked where another attempt than that has begun.
    """
    where_from = (origin.account_id, origin.source, origin.family, origin.rank, origin.label)
    if claimed is None:
        asked = connection.execute(START, [user_id, run_id, *where_from, now])
    else:
        asked = connection.execute(GO_ON, [*where_from, user_id, run_id, claimed])
    row = asked.fetchone()
    if row is None:
        raise Locked("what this attempt did was not kept", doing=f"at run {run_id[:12]}")
    return RunInProgress(run_id, row[0], row[1], now)


def keep_counts(connection: Connection[Any], user_id: UserId, run: Run) -> None:
    """Keep what a run counted; part of the transaction that wrote its fills."""
    connection.execute(
        "update run set fetched = %s, new = %s, known = %s, changed = %s,"
        " skipped_count = %s, skipped = %s, other = %s, warnings = %s, first_at = %s,"
        " last_at = %s, clock = %s, clock_origin = %s"
        " where user_id = %s and id = %s",
        [
            run.fetched,
            run.new,
            run.known,
            run.changed,
            run.skipped_count,
            Jsonb([asdict(skip) for skip in run.skipped]),
            Jsonb(run.other),
            Jsonb(list(map(as_json, run.warnings))),
            run.first,
            run.last,
            run.clock,
            run.clock_origin,
            user_id,
            run.id,
        ],
    )


def mark_undone(connection: Connection[Any], user_id: UserId, run_id: RunId, now: datetime) -> None:
    """Close the run as undone; importing it again is a further attempt."""
    connection.execute(
        "update run set state = 'undone', seen = '{}', finished_at = %s"
        " where user_id = %s and id = %s",
        [now, user_id, run_id],
    )


def number(connection: Connection[Any], user_id: UserId, run_id: RunId) -> tuple[int, AccountId]:
    """Return the run's number in the tables and its account."""
    row = connection.execute(
        "select n, account_id from run where user_id = %s and id = %s", [user_id, run_id]
    ).fetchone()
    assert row is not None
    return row[0], AccountId(row[1])


def hold_import_lock(connection: Connection[Any], user_id: UserId, patience_s: float) -> bool:
    """Take the user's import lock for this session; False when others hold it for too long.

    The server frees it when the session dies.
    """
    try:
        with connection.transaction():
            connection.execute(
                "select set_config('lock_timeout', %s, true)", [str(max(1, int(patience_s * 1000)))]
            )
            connection.execute(
                "select pg_advisory_lock(hashtextextended(%s, 0))", [f"import:{user_id}"]
            )
            # within another transaction the limit would go on for all of it
            connection.execute("set local lock_timeout to default")
    except LockNotAvailable:
        return False
    return True


def free_import_lock(connection: Connection[Any], user_id: UserId) -> None:
    """Give the user's import lock back."""
    connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [f"import:{user_id}"])
