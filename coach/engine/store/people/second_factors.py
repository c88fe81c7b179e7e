"""Second factors: which time step was used last, and the codes for when the device is lost.

A step and a code are taken by one statement each, so that of two who bring the same one wins.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId

BEFORE_ALL = -1


def begin(connection: Connection[Any], user_id: UserId) -> bool:
    """Keep a second factor that is not confirmed; False where a confirmed one is there."""
    return (
        connection.execute(
            "insert into second_factor (user_id, last_step) values (%s, %s)"
            " on conflict (user_id) do update set last_step = excluded.last_step"
            " where second_factor.confirmed_at is null",
            [user_id, BEFORE_ALL],
        ).rowcount
        > 0
    )


def confirm(connection: Connection[Any], user_id: UserId, now: datetime) -> None:
    """Ask for the second factor from now on."""
    connection.execute(
        "update second_factor set confirmed_at = %s where user_id = %s", [now, user_id]
    )


def is_there(connection: Connection[Any], user_id: UserId, *, confirmed: bool = True) -> bool:
    """Say whether a user has a second factor, confirmed or just begun."""
    query = "select confirmed_at from second_factor where user_id = %s"
    row = connection.execute(query, [user_id]).fetchone()
    return row is not None and (row[0] is not None) == confirmed


def take_step(connection: Connection[Any], user_id: UserId, step: int) -> bool:
    """Use up a time step and all before it; False where it was used up before."""
    query = "update second_factor set last_step = %s where user_id = %s and last_step < %s"
    return connection.execute(query, [step, user_id, step]).rowcount > 0


def take_code(connection: Connection[Any], user_id: UserId, code_sha256: bytes) -> bool:
    """Use up a recovery code; False where there is none."""
    query = "delete from recovery_code where user_id = %s and code_sha256 = %s"
    return connection.execute(query, [user_id, code_sha256]).rowcount > 0


def replace_codes(connection: Connection[Any], user_id: UserId, hashes: Iterable[bytes]) -> None:
    """Keep these recovery codes instead of all that there were."""
    connection.execute("delete from recovery_code where user_id = %s", [user_id])
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into recovery_code (user_id, code_sha256) values (%s, %s)",
            [(user_id, one) for one in hashes],
        )


def remove(connection: Connection[Any], user_id: UserId) -> bool:
    """Forget the second factor of a user, with its codes; False where there is none."""
    connection.execute("delete from recovery_code where user_id = %s", [user_id])
    query = "delete from second_factor where user_id = %s"
    return connection.execute(query, [user_id]).rowcount > 0
