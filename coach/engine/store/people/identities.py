"""Who users are at a provider of sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.people.provider import ProviderIdentity


@dataclass(frozen=True, slots=True)
class LinkedUser:
    """A user whom a provider knows, and whether the user may sign in."""

    user_id: UserId
    name: str
    disabled: bool


def user_of(connection: Connection[Any], identity: ProviderIdentity) -> LinkedUser | None:
    """Return whom an identity is linked to, before it is known who asks."""
    with connection.cursor(row_factory=class_row(LinkedUser)) as cursor:
        return cursor.execute(
            "select u.id as user_id, u.name, u.disabled_at is not null as disabled"
            " from provider_identity i join app_user u on u.id = i.user_id"
            " where i.issuer = %s and i.subject = %s",
            [identity.issuer, identity.subject],
        ).fetchone()


def of_user(connection: Connection[Any], user_id: UserId) -> ProviderIdentity | None:
    """Return who a user is at a provider; None for a user who is not linked."""
    with connection.cursor(row_factory=class_row(ProviderIdentity)) as cursor:
        return cursor.execute(
            "select issuer, subject from provider_identity where user_id = %s", [user_id]
        ).fetchone()


def link(
    connection: Connection[Any], user_id: UserId, identity: ProviderIdentity, now: datetime
) -> bool:
    """Link a user; False where the user, or the identity, is linked already."""
    query = (
        "insert into provider_identity (user_id, issuer, subject, linked_at)"
        " values (%s, %s, %s, %s) on conflict do nothing"
    )
    values = [user_id, identity.issuer, identity.subject, now]
    return connection.execute(query, values).rowcount > 0


def unlink(connection: Connection[Any], user_id: UserId) -> bool:
    """Forget who a user is at a provider; False where nobody knew."""
    query = "delete from provider_identity where user_id = %s"
    return connection.execute(query, [user_id]).rowcount > 0
