"""Passwords as hashes, and users who may sign in no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """A user who has a password, its hash, and whether the user may sign in."""

    user_id: UserId
    name: str
    hash: str
    disabled: bool


def of_user_named(connection: Connection[Any], name: str) -> StoredPassword | None:
    """Return the password of a user by name, before it is known who asks."""
    with connection.cursor(row_factory=class_row(StoredPassword)) as cursor:
        return cursor.execute(
            "select u.id as user_id, u.name, p.hash, u.disabled_at is not null as disabled"
            " from user_password p join app_user u on u.id = p.user_id where u.name = %s",
            [name],
        ).fetchone()


def write(connection: Connection[Any], user_id: UserId, password_hash: str, now: datetime) -> None:
    """Keep a password in place of an older one."""
    connection.execute(
        "insert into user_password (user_id, hash, changed_at) values (%s, %s, %s)"
        " on conflict (user_id) do update set hash = excluded.hash,"
        " changed_at = excluded.changed_at",
        [user_id, password_hash, now],
    )


def replace_hash(connection: Connection[Any], user_id: UserId, was: str, now_hash: str) -> None:
    """Keep the same password under another hash, unless it was changed meanwhile."""
    connection.execute(
        "update user_password set hash = %s where user_id = %s and hash = %s",
        [now_hash, user_id, was],
    )


def has_one(connection: Connection[Any], user_id: UserId) -> bool:
    """Say whether a user has a password."""
    query = "select from user_password where user_id = %s"
    return connection.execute(query, [user_id]).fetchone() is not None


def disable(connection: Connection[Any], user_id: UserId, now: datetime) -> bool:
    """Let a user sign in no more; False where that is so already."""
    query = "update app_user set disabled_at = %s where id = %s and disabled_at is null"
    return connection.execute(query, [now, user_id]).rowcount > 0


def enable(connection: Connection[Any], user_id: UserId) -> bool:
    """Let a user sign in again; False where that is so already."""
    query = "update app_user set disabled_at = null where id = %s and disabled_at is not null"
    return connection.execute(query, [user_id]).rowcount > 0


def commit_without_waiting(connection: Connection[Any]) -> None:
    """Let the commit of this transaction wait for no disk; a crash may lose it."""
    connection.execute("set local synchronous_commit = off")
