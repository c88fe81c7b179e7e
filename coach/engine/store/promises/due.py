"""Whether anything waits for the time to pass.

Every start asks, so nothing is loaded that only the work itself needs.
"""

from typing import TYPE_CHECKING, Any

from psycopg import Connection

from coach.model.accounts import UserId

if TYPE_CHECKING:
    from datetime import datetime


def any_locked(connection: Connection[Any], user_id: UserId) -> bool:
    """Say whether any rule is locked, or any change of a rule or a setting waits."""
    row = connection.execute(
        "select exists (select from rule where user_id = %(user)s and lock_s > 0)"
        " or exists (select from rule_waiting where user_id = %(user)s)"
        " or exists (select from setting_waiting where user_id = %(user)s)",
        {"user": user_id},
    ).fetchone()
    return bool(row and row[0])


def any_waiting(
    connection: Connection[Any], user_id: UserId, due_by: "datetime | None" = None
) -> bool:
    """Say whether any change waits; with a steady time, any that may be due by then.

    When a change of a setting is due depends on rules: it always may be.
    """
    row = connection.execute(
        "select exists (select from rule_waiting where user_id = %(user)s"
        " and (%(due)s::timestamptz is null or due_at <= %(due)s))"
        " or exists (select from setting_waiting where user_id = %(user)s)",
        {"user": user_id, "due": due_by},
    ).fetchone()
    return bool(row and row[0])


def any_experiment_running(connection: Connection[Any], user_id: UserId) -> bool:
    """Say whether any experiment is under way."""
    row = connection.execute(
        "select exists (select from experiment where user_id = %s and state = 'running')",
        [user_id],
    ).fetchone()
    return bool(row and row[0])
