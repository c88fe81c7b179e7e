"""Changes of settings that wait for the locks of rules; one at most for each setting."""

from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.promises.words import SettingName
from coach.model.rules import PendingSetting


def wait(connection: Connection[Any], user_id: UserId, change: PendingSetting) -> None:
    """Let a change of a setting wait, instead of one that waited."""
    connection.execute(
        "insert into setting_waiting (user_id, name, account, value, asked_at)"
        " values (%s, %s, %s, %s, %s) on conflict (user_id, name, account) do update"
        " set value = excluded.value, asked_at = excluded.asked_at",
        [user_id, change.name, change.account, change.value, change.asked_at],
    )


def waiting(connection: Connection[Any], user_id: UserId) -> list[PendingSetting]:
    """Return the changes that wait, the oldest first, due as soon as they were asked for."""
    with connection.cursor(row_factory=class_row(PendingSetting)) as cursor:
        return cursor.execute(
            "select name, account, value, asked_at, asked_at as due_at from setting_waiting"
            " where user_id = %s order by asked_at, name, account",
            [user_id],
        ).fetchall()


def forget(connection: Connection[Any], user_id: UserId, name: SettingName, account: str) -> bool:
    """Let no change of that setting wait any more; say whether one did."""
    gone = connection.execute(
        "delete from setting_waiting where user_id = %s and name = %s and account = %s",
        [user_id, name, account],
    )
    return gone.rowcount > 0
