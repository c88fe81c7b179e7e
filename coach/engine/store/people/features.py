"""Who is invited to which feature."""

from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId


def is_allowed(connection: Connection[Any], user_id: UserId, feature: str) -> bool:
    """Say whether a user was invited to a feature."""
    query = "select from user_feature where user_id = %s and feature = %s"
    return connection.execute(query, [user_id, feature]).fetchone() is not None


def allow(connection: Connection[Any], user_id: UserId, feature: str, now: datetime) -> bool:
    """Invite a user to a feature; False where the user was invited before."""
    query = (
        "insert into user_feature (user_id, feature, allowed_at) values (%s, %s, %s)"
        " on conflict do nothing"
    )
    return connection.execute(query, [user_id, feature, now]).rowcount > 0


def withdraw(connection: Connection[Any], user_id: UserId, feature: str) -> bool:
    """Take an invitation back; False where there was none."""
    query = "delete from user_feature where user_id = %s and feature = %s"
    return connection.execute(query, [user_id, feature]).rowcount > 0


def is_only_user(connection: Connection[Any], user_id: UserId) -> bool:
    """Say whether there is nobody else, over a connection that sees everybody."""
    query = "select from app_user where id <> %s limit 1"
    return connection.execute(query, [user_id]).fetchone() is None
