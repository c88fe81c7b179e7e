"""Data keys, wrapped: one active for each user, and former ones while anything needs them.

Whoever seals holds the active row until the commit, so that a key is never destroyed under a secret
that is just being written.
"""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.machine.keys import DekState, DekSummary, KekProvider
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class WrappedDek:
    """A data key of a user as it is stored; `wrapped` is None once it was destroyed.

    `finished_at` is None while secrets are still to be sealed anew under it.
    """

    user_id: UserId
    id: bytes
    state: DekState
    wrapped: bytes | None
    kek_id: str
    kek_provider: KekProvider
    reason: str
    created_at: datetime
    finished_at: datetime | None


COLUMNS = "user_id, id, state, wrapped, kek_id, kek_provider, reason, created_at, finished_at"


def active(
    connection: Connection[Any], user_id: UserId, *, for_change: bool = False
) -> WrappedDek | None:
    """Return the key that seals now, kept from being destroyed until the transaction ends.

    `for_change` waits for all who are just sealing with it.
    """
    lock = "update" if for_change else "share"
    return _one(
        connection,
        f"select {COLUMNS} from dek where user_id = %s and state = 'active' for {lock}",  # noqa: S608 - constants
        [user_id],
    )


def by_id(
    connection: Connection[Any], user_id: UserId, dek_id: bytes, *, locked: bool = False
) -> WrappedDek | None:
    """Return a key by its id."""
    query = f"select {COLUMNS} from dek where user_id = %s and id = %s"  # noqa: S608 - a constant
    return _one(connection, f"{query} for update" if locked else query, [user_id, dek_id])


def add_active(connection: Connection[Any], made: WrappedDek) -> bool:
    """Write a user's active key; False where another coach was first."""
    return bool(
        connection.execute(
            "insert into dek"
            " (user_id, id, state, wrapped, kek_id, kek_provider, reason, created_at, finished_at)"
            " values (%s, %s, 'active', %s, %s, %s, %s, %s, %s)"
            " on conflict (user_id) where state = 'active' do nothing",
            [
                made.user_id,
                made.id,
                made.wrapped,
                made.kek_id,
                made.kek_provider,
                made.reason,
                made.created_at,
                made.finished_at,
            ],
        ).rowcount
    )


def retire_active(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Let the active key seal nothing from now on; whoever seals with it is waited for."""
    connection.execute(
        "update dek set state = 'retiring', retired_at = %s"
        " where user_id = %s and state = 'active'",
        [now, user_id],
    )


def any_wrapped(connection: Connection[Any], provider: KekProvider) -> bool:
    """Say whether a data key of anybody is wrapped by a key that this provider keeps."""
    return (
        connection.execute(
            "select from dek where kek_provider = %s and wrapped is not null limit 1", [provider]
        ).fetchone()
        is not None
    )


def not_wrapped_by(connection: Connection[Any], kek_id: str | None) -> list[tuple[UserId, bytes]]:
    """Return the data keys that another KEK wraps, for None all of them: the user and the id."""
    return connection.execute(
        "select user_id, id from dek where wrapped is not null and kek_id is distinct from %s"
        " order by user_id, created_at, id",
        [kek_id],
    ).fetchall()


def every_wrapped(connection: Connection[Any]) -> list[WrappedDek]:
    """Return all data keys that were not destroyed."""
    query = f"select {COLUMNS} from dek where wrapped is not null order by user_id, created_at, id"  # noqa: S608 - a constant
    with connection.cursor(row_factory=class_row(WrappedDek)) as cursor:
        return cursor.execute(query).fetchall()


def any_due(
    connection: Connection[Any], user_id: UserId, made_before: datetime, retired_before: datetime
) -> bool:
    """Say whether the active key is older or unfinished, or a former one can be destroyed."""
    return (
        connection.execute(
            "select from dek where user_id = %s and ((state = 'active' and (created_at <= %s"
            " or finished_at is null)) or (state = 'retiring' and retired_at <= %s)) limit 1",
            [user_id, made_before, retired_before],
        ).fetchone()
        is not None
    )


def note_finished(
    connection: Connection[Any], user_id: UserId, dek_id: bytes, now: datetime
) -> None:
    """Remember that everything was sealed anew under a key."""
    connection.execute(
        "update dek set finished_at = coalesce(finished_at, %s) where user_id = %s and id = %s",
        [now, user_id, dek_id],
    )


def replace_wrapping(
    connection: Connection[Any], found: WrappedDek, wrapped: bytes, by: tuple[KekProvider, str]
) -> bool:
    """Wrap a data key anew; False where it is not wrapped as it was found."""
    provider, kek_id = by
    return bool(
        connection.execute(
            "update dek set wrapped = %s, kek_provider = %s, kek_id = %s"
            " where user_id = %s and id = %s and wrapped = %s",
            [wrapped, provider, kek_id, found.user_id, found.id, found.wrapped],
        ).rowcount
    )


def destroy_unused(
    connection: Connection[Any], user_id: UserId, retired_before: datetime
) -> list[bytes]:
    """Forget keys that were retired before a moment and that nothing is sealed with.

    The rows are locked first and counted after: a secret that was just written is seen.
    """
    retired = connection.execute(
        "select id from dek where user_id = %s and state = 'retiring' and retired_at <= %s"
        " order by id for update",
        [user_id, retired_before],
    ).fetchall()
    return [
        dek_id
        for (dek_id,) in connection.execute(
            "update dek set state = 'destroyed', wrapped = null"
            " where user_id = %s and id = any(%s) and not exists (select from sealed_secret s"
            " where s.user_id = dek.user_id and s.dek_id = dek.id) returning id",
            [user_id, [dek_id for (dek_id,) in retired]],
        ).fetchall()
    ]


def give_up(connection: Connection[Any], lost: WrappedDek) -> None:
    """Destroy a data key that nobody can unwrap any more, and quarantine what it sealed."""
    connection.execute(
        "update sealed_secret set state = 'unreadable' where user_id = %s and dek_id = %s",
        [lost.user_id, lost.id],
    )
    connection.execute(
        "update dek set state = 'destroyed', wrapped = null where user_id = %s and id = %s",
        [lost.user_id, lost.id],
    )


def give_up_all(connection: Connection[Any], user_id: UserId) -> int:
    """Destroy every data key of a user; return how many there ever were."""
    connection.execute(
        "update sealed_secret set state = 'unreadable' where user_id = %s", [user_id]
    )
    return connection.execute(
        "update dek set state = 'destroyed', wrapped = null where user_id = %s", [user_id]
    ).rowcount


def summaries(connection: Connection[Any]) -> list[DekSummary]:
    """Return every data key with what is sealed under it, users by name, the newest key first."""
    with connection.cursor(row_factory=class_row(DekSummary)) as cursor:
        return cursor.execute(
            "select encode(d.id, 'hex') as id, u.name as user, d.state, d.kek_id, d.kek_provider,"
            " d.reason, d.created_at, d.finished_at, d.retired_at, count(s.owner) as seals,"
            " count(s.owner) filter (where s.state = 'unreadable') as unreadable"
            " from dek d join app_user u on u.id = d.user_id"
            " left join sealed_secret s on s.user_id = d.user_id and s.dek_id = d.id"
            " group by u.name, d.user_id, d.id order by u.name, d.created_at desc, d.id"
        ).fetchall()


def note_recovery(connection: Connection[Any], kek_id: str, now: datetime) -> None:
    """Remember that a recovery file with this KEK was written."""
    connection.execute(
        "insert into kek_recovery (kek_id, exported_at) values (%s, %s)"
        " on conflict (kek_id) do update set exported_at = excluded.exported_at",
        [kek_id, now],
    )


def unrecoverable(connection: Connection[Any]) -> list[str]:
    """Return the KEKs that data keys are wrapped by and that no recovery file holds."""
    return [
        kek_id
        for (kek_id,) in connection.execute(
            "select distinct d.kek_id from dek d where wrapped is not null"
            " and kek_provider <> 'aws-kms'"
            " and not exists (select from kek_recovery r where r.kek_id = d.kek_id) order by 1"
        ).fetchall()
    ]


def _one(connection: Connection[Any], query: str, values: list[object]) -> WrappedDek | None:
    with connection.cursor(row_factory=class_row(WrappedDek)) as cursor:
        return cursor.execute(query, values).fetchone()
