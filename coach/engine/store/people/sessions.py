"""Sessions of browsers; one that is over, or whose user is disabled, is as good as none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.people.access import IDLE, UserSession

COLUMNS = "id, user_id, methods, origin, created_at, seen_at, expires_at, confirmed_at"
VALID = "expires_at > %s and seen_at > %s"


def find(connection: Connection[Any], token_sha256: bytes, now: datetime) -> UserSession | None:
    """Return the session of a token that is not over, before it is known who asks."""
    with connection.cursor(row_factory=class_row(UserSession)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from user_session s where token_sha256 = %s and {VALID} and exists"  # noqa: S608 - constants
            " (select from app_user u where u.id = s.user_id and u.disabled_at is null)",
            [token_sha256, now, now - IDLE],
        ).fetchone()


def add(connection: Connection[Any], made: UserSession, token_sha256: bytes) -> None:
    """Keep a new session."""
    connection.execute(
        f"insert into user_session ({COLUMNS}, token_sha256)"  # noqa: S608 - a constant
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            made.id,
            made.user_id,
            made.methods,
            made.origin,
            made.created_at,
            made.seen_at,
            made.expires_at,
            made.confirmed_at,
            token_sha256,
        ],
    )


def see(connection: Connection[Any], found: UserSession, now: datetime) -> None:
    """Note that a session was used just now."""
    connection.execute(
        "update user_session set seen_at = %s where user_id = %s and id = %s",
        [now, found.user_id, found.id],
    )


def confirm(
    connection: Connection[Any],
    user_id: UserId,
    session_id: str,
    token_sha256: bytes,
    now: datetime,
) -> bool:
    """Note that the user proved again who they are, and give the session another token."""
    return (
        connection.execute(
            "update user_session set confirmed_at = %s, seen_at = %s, token_sha256 = %s"
            " where user_id = %s and id = %s",
            [now, now, token_sha256, user_id, session_id],
        ).rowcount
        > 0
    )


def end(connection: Connection[Any], user_id: UserId, session_id: str) -> bool:
    """Forget a session; False where the user has none of that id."""
    query = "delete from user_session where user_id = %s and id = %s"
    return connection.execute(query, [user_id, session_id]).rowcount > 0


def end_others(connection: Connection[Any], user_id: UserId, kept: str = "") -> int:
    """Forget all sessions of a user but one; return how many there were."""
    query = "delete from user_session where user_id = %s and id <> %s"
    return connection.execute(query, [user_id, kept]).rowcount


def forget_over(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Forget the sessions of a user that are over."""
    connection.execute(
        f"delete from user_session where user_id = %s and not ({VALID})",  # noqa: S608 - a constant
        [user_id, now, now - IDLE],
    )


def every(connection: Connection[Any], user_id: UserId, now: datetime) -> list[UserSession]:
    """Return the sessions of a user that are not over, the newest first."""
    with connection.cursor(row_factory=class_row(UserSession)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from user_session where user_id = %s and {VALID}"  # noqa: S608 - constants
            " order by created_at desc, id",
            [user_id, now, now - IDLE],
        ).fetchall()


def valid_among(connection: Connection[Any], sessions: Sequence[str], now: datetime) -> set[str]:
    """Return which of these sessions, of any users, are not over."""
    rows = connection.execute(
        f"select s.id from user_session s join app_user u on u.id = s.user_id"  # noqa: S608 - a constant
        f" where s.id = any(%s) and {VALID} and u.disabled_at is null",
        [list(sessions), now, now - IDLE],
    ).fetchall()
    return {str(row[0]) for row in rows}
