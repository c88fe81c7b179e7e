"""Secrets as they are stored: sealed, each with the version that its seal is bound to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import AccountId, UserId
from coach.model.machine.keys import SecretOwner, SecretState


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where a secret belongs: whose it is, what it opens, which part of that it is."""

    user_id: UserId
    owner: SecretOwner
    field: str
    broker: str


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A stored secret; `version` counts how often its place was sealed."""

    user_id: UserId
    owner: SecretOwner
    field: str
    broker: str
    version: int
    dek_id: bytes
    sealed: bytes
    state: SecretState
    revoke_due: bool

    @property
    def place(self) -> SecretPlace:
        """Return where the secret belongs."""
        return SecretPlace(self.user_id, self.owner, self.field, self.broker)


def account_owner(account_id: AccountId) -> SecretOwner:
    """Return the name under which the secrets of an account are kept."""
    return SecretOwner(f"account:{account_id}")


COLUMNS = "user_id, owner, field, broker, version, dek_id, sealed, state, revoke_due"


def find(
    connection: Connection[Any], place: SecretPlace, *, locked: bool = False
) -> SealedSecret | None:
    """Return the secret of a place; `locked` keeps others from replacing it meanwhile."""
    found = _many(
        connection,
        f"select {COLUMNS} from sealed_secret where user_id = %s and owner = %s and field = %s"  # noqa: S608 - constants
        + (" for update" if locked else ""),
        [place.user_id, place.owner, place.field],
    )
    return found[0] if found else None


def every(connection: Connection[Any], user_id: UserId) -> list[SealedSecret]:
    """Return all of a user's secrets, in the order of what they open."""
    return _many(
        connection,
        f"select {COLUMNS} from sealed_secret where user_id = %s order by owner, field",  # noqa: S608 - a constant
        [user_id],
    )


def users_with(connection: Connection[Any], owner: SecretOwner, field: str) -> list[UserId]:
    """Return who has a secret of this owner and field, the first user first."""
    query = "select user_id from sealed_secret where owner = %s and field = %s order by user_id"
    return [UserId(user_id) for (user_id,) in connection.execute(query, [owner, field]).fetchall()]


def write(connection: Connection[Any], made: SealedSecret, now: datetime) -> None:
    """Put a sealed secret into its place."""
    connection.execute(
        "insert into sealed_secret (user_id, owner, field, broker, version, dek_id, sealed, state,"
        " revoke_due, sealed_at) values (%s, %s, %s, %s, %s, %s, %s, 'sealed', %s, %s)"
        " on conflict (user_id, owner, field) do update set broker = excluded.broker,"
        " version = excluded.version, dek_id = excluded.dek_id, sealed = excluded.sealed,"
        " state = 'sealed', revoke_due = excluded.revoke_due, sealed_at = excluded.sealed_at",
        [
            made.user_id,
            made.owner,
            made.field,
            made.broker,
            made.version,
            made.dek_id,
            made.sealed,
            made.revoke_due,
            now,
        ],
    )


def replace_seal(
    connection: Connection[Any], was: SealedSecret, now_sealed: SealedSecret, now: datetime
) -> bool:
    """Seal a secret anew; False where it has another version than was read: the newer one stays."""
    return bool(
        connection.execute(
            "update sealed_secret set version = %s, dek_id = %s, sealed = %s, revoke_due = %s,"
            " sealed_at = %s where user_id = %s and owner = %s and field = %s and version = %s"
            " and dek_id = %s",
            [
                now_sealed.version,
                now_sealed.dek_id,
                now_sealed.sealed,
                now_sealed.revoke_due,
                now,
                was.user_id,
                was.owner,
                was.field,
                was.version,
                was.dek_id,
            ],
        ).rowcount
    )


def quarantine(connection: Connection[Any], found: SealedSecret) -> bool:
    """Mark a secret as unreadable; False where it was replaced meanwhile, or is marked already."""
    return bool(
        connection.execute(
            "update sealed_secret set state = 'unreadable' where user_id = %s and owner = %s"
            " and field = %s and version = %s and state = 'sealed'",
            [found.user_id, found.owner, found.field, found.version],
        ).rowcount
    )


OTHER_KEY = "user_id = %s and dek_id <> %s and state = 'sealed'"


def batch_under_other_keys(
    connection: Connection[Any], user_id: UserId, dek_id: bytes, most: int
) -> list[SealedSecret]:
    """Return secrets that another data key seals, the oldest first, locked.

    Those that others are just writing are left out; where there are no others, one is waited for.
    """
    query = f"select {COLUMNS} from sealed_secret where {OTHER_KEY} order by sealed_at"  # noqa: S608 - constants
    free = _many(connection, f"{query} limit %s for update skip locked", [user_id, dek_id, most])
    return free or _many(connection, f"{query} limit 1 for update", [user_id, dek_id])


def any_under_other_keys(connection: Connection[Any], user_id: UserId, dek_id: bytes) -> bool:
    """Say whether another data key still seals anything readable."""
    query = f"select from sealed_secret where {OTHER_KEY} limit 1"  # nosec B608 -- constant text
    return connection.execute(query, [user_id, dek_id]).fetchone() is not None


def remove(connection: Connection[Any], user_id: UserId, owner: SecretOwner) -> None:
    """Forget all secrets that open one thing."""
    connection.execute(
        "delete from sealed_secret where user_id = %s and owner = %s", [user_id, owner]
    )


def _many(connection: Connection[Any], query: str, values: list[object]) -> list[SealedSecret]:
    with connection.cursor(row_factory=class_row(SealedSecret)) as cursor:
        return cursor.execute(query, values).fetchall()
