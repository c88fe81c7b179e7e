"""Keys of requests: claimed with the work of the first request, found by every further one."""

from typing import Any

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.machine.keyed_requests import KeptAnswer, KeyedRequest

CLAIM = """
insert into idempotency_key as known (user_id, route, key, fingerprint, expires_at)
values (%(user)s, %(route)s, %(key)s, %(fingerprint)s, clock_timestamp() + interval '24 hours')
on conflict (user_id, route, key) do update
   set fingerprint = excluded.fingerprint, expires_at = excluded.expires_at,
       status = null, headers = null, body = null
 where known.expires_at <= clock_timestamp()
returning true
"""
"""A key that has expired, and was not purged yet, is claimed as if it were new."""
FIND = """
select fingerprint, status, headers, body from idempotency_key
 where user_id = %(user)s and route = %(route)s and key = %(key)s
   and expires_at > clock_timestamp()
"""
KEEP = """
update idempotency_key set status = %(status)s, headers = %(headers)s, body = %(body)s
 where user_id = %(user)s and route = %(route)s and key = %(key)s
"""
WAITING = "select set_config('lock_timeout', %s, true)"
WAITING_AS_USUAL = "set local lock_timeout to default"
HOLD = "select pg_advisory_lock(hashtextextended(%s, 0))"
RELEASE = "select pg_advisory_unlock(hashtextextended(%s, 0))"


def claim(
    connection: Connection[Any], user_id: UserId, request: KeyedRequest, patience_s: float
) -> bool | None:
    """Claim the key within the caller's transaction; False where it is known already.

    None where another transaction has claimed it and is not over after `patience_s`.
    """
    try:
        with connection.transaction():
            connection.execute(WAITING, [_milliseconds(patience_s)])
            row = connection.execute(CLAIM, _named(user_id, request)).fetchone()
            connection.execute(WAITING_AS_USUAL)
    except LockNotAvailable:
        return None
    return row is not None


def find(
    connection: Connection[Any], user_id: UserId, request: KeyedRequest
) -> tuple[bytes, KeptAnswer] | None:
    """Return the fingerprint and the answer of the first request with that key."""
    row = connection.execute(FIND, _named(user_id, request)).fetchone()
    return None if row is None else (row[0], KeptAnswer(row[1], row[2], row[3]))


def keep(
    connection: Connection[Any], user_id: UserId, request: KeyedRequest, answer: KeptAnswer
) -> None:
    """Keep the answer to the request whose key was claimed."""
    kept = {"status": answer.status, "headers": Jsonb(dict(answer.headers)), "body": answer.body}
    connection.execute(KEEP, {**_named(user_id, request), **kept})


def hold(
    connection: Connection[Any], user_id: UserId, request: KeyedRequest, patience_s: float
) -> bool:
    """Let no other session answer a request with that key until `release`; False where one does.

    The server releases it when the session dies.
    """
    try:
        with connection.transaction():
            connection.execute(WAITING, [_milliseconds(patience_s)])
            connection.execute(HOLD, [_lock_name(user_id, request)])
    except LockNotAvailable:
        return False
    return True


def release(connection: Connection[Any], user_id: UserId, request: KeyedRequest) -> None:
    """Let others answer requests with that key."""
    connection.execute(RELEASE, [_lock_name(user_id, request)])


def _milliseconds(seconds: float) -> str:
    return str(max(1, int(seconds * 1000)))


def _lock_name(user_id: UserId, request: KeyedRequest) -> str:
    return f"idempotency:{user_id}:{request.route}:{request.key}"


def _named(user_id: UserId, request: KeyedRequest) -> dict[str, object]:
    return {
        "user": user_id,
        "route": request.route,
        "key": request.key,
        "fingerprint": request.fingerprint,
    }
