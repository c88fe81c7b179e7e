"""The channels of a user. Their secrets are sealed elsewhere, under the name of the channel."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.model.accounts import UserId
from coach.model.machine.keys import SecretOwner
from coach.model.notifications.channels import NotifyChannel, QuietHours

COLUMNS = "name, kind, target, settings, quiet_begins, quiet_ends, created_at"
FIELD = "channel"
"""The field under which a channel's secret is sealed."""


def channels(connection: Connection[Any], user_id: UserId) -> list[NotifyChannel]:
    """Return the channels of a user by name."""
    rows = connection.execute(
        f"select {COLUMNS} from notify_channel where user_id = %s order by name",  # noqa: S608 - constant
        [user_id],
    )
    return [_channel(row) for row in rows]


def find(connection: Connection[Any], user_id: UserId, name: str) -> NotifyChannel | None:
    """Return the channel of that name."""
    found = channels(connection, user_id)
    return next((one for one in found if one.name == name), None)


def put(connection: Connection[Any], user_id: UserId, made: NotifyChannel) -> None:
    """Keep a channel, in place of one of the same name."""
    quiet = made.quiet
    connection.execute(
        f"insert into notify_channel (user_id, {COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - constant
        " on conflict (user_id, name) do update set kind = excluded.kind,"
        " target = excluded.target, settings = excluded.settings,"
        " quiet_begins = excluded.quiet_begins, quiet_ends = excluded.quiet_ends,"
        " created_at = excluded.created_at",
        [
            user_id,
            made.name,
            made.kind,
            made.target,
            Jsonb(dict(made.settings)),
            None if quiet is None else quiet.begins,
            None if quiet is None else quiet.ends,
            made.created_at,
        ],
    )


def set_quiet(
    connection: Connection[Any], user_id: UserId, name: str, quiet: QuietHours | None
) -> None:
    """Keep other quiet hours of a channel."""
    spans = (None, None) if quiet is None else (quiet.begins, quiet.ends)
    connection.execute(
        "update notify_channel set quiet_begins = %s, quiet_ends = %s"
        " where user_id = %s and name = %s",
        [*spans, user_id, name],
    )


def remove(connection: Connection[Any], user_id: UserId, name: str) -> None:
    """Forget a channel; what was sent by it stays in the log."""
    connection.execute(
        "delete from notify_channel where user_id = %s and name = %s", [user_id, name]
    )


def secret_of(user_id: UserId, channel: NotifyChannel) -> SecretPlace:
    """Return where the secret of a channel is sealed."""
    return SecretPlace(user_id, SecretOwner(f"notify:{channel.name}"), FIELD, channel.kind)


def _channel(row: Sequence[Any]) -> NotifyChannel:
    name, kind, target, settings, begins, ends, created_at = row
    quiet = None if begins is None else QuietHours(begins, ends)
    return NotifyChannel(name, kind, target, settings, quiet, created_at)
