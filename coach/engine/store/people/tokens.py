"""Tokens of programs; one that is revoked, or whose user is disabled, is as good as none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.people.access import ApiToken

COLUMNS = "id, user_id, label, scope, created_at, expires_at, used_at, revoked_at"
VALID = "revoked_at is null and (expires_at is null or expires_at > %s)"


def find(connection: Connection[Any], token_sha256: bytes, now: datetime) -> ApiToken | None:
    """Return a token that counts, before it is known who asks."""
    with connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from api_token t where token_sha256 = %s and {VALID} and exists"  # noqa: S608 - constants
            " (select from app_user u where u.id = t.user_id and u.disabled_at is null)",
            [token_sha256, now],
        ).fetchone()


def add(connection: Connection[Any], made: ApiToken, token_sha256: bytes) -> None:
    """Keep a new token."""
    connection.execute(
        f"insert into api_token ({COLUMNS}, token_sha256)"  # noqa: S608 - a constant
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            made.id,
            made.user_id,
            made.label,
            made.scope,
            made.created_at,
            made.expires_at,
            made.used_at,
            made.revoked_at,
            token_sha256,
        ],
    )


def see(connection: Connection[Any], found: ApiToken, now: datetime) -> None:
    """Note that a token was used just now."""
    connection.execute(
        "update api_token set used_at = %s where user_id = %s and id = %s",
        [now, found.user_id, found.id],
    )


def revoke(connection: Connection[Any], user_id: UserId, token_id: str, now: datetime) -> bool:
    """Let a token count no more; False where the user has none of that id that counts."""
    query = (
        "update api_token set revoked_at = %s where user_id = %s and id = %s and revoked_at is null"
    )
    return connection.execute(query, [now, user_id, token_id]).rowcount > 0


def revoke_all(connection: Connection[Any], user_id: UserId, now: datetime) -> int:
    """Let no token of a user count any more; return how many did."""
    query = "update api_token set revoked_at = %s where user_id = %s and revoked_at is null"
    return connection.execute(query, [now, user_id]).rowcount


def every(connection: Connection[Any], user_id: UserId) -> list[ApiToken]:
    """Return all tokens of a user, the newest first; those that were revoked, too."""
    with connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from api_token where user_id = %s order by created_at desc, id",  # noqa: S608 - a constant
            [user_id],
        ).fetchall()


def valid_among(connection: Connection[Any], tokens: Sequence[str], now: datetime) -> set[str]:
    """Return which of these tokens, of any users, count."""
    rows = connection.execute(
        f"select t.id from api_token t join app_user u on u.id = t.user_id"  # noqa: S608 - a constant
        f" where t.id = any(%s) and {VALID} and u.disabled_at is null",
        [list(tokens), now],
    ).fetchall()
    return {str(row[0]) for row in rows}
