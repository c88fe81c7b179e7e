"""The habits that were announced, and those that were withdrawn again."""

from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.insights import Bias
from coach.model.traits import Trait


def standing(connection: Connection[Any], user_id: UserId) -> dict[Bias, Trait]:
    """Return what was announced and not withdrawn, by bias."""
    with connection.cursor(row_factory=class_row(Trait)) as cursor:
        rows = cursor.execute(
            "select bias, announced_at, as_of, level, withdrawn_at, test from trait"
            " where user_id = %s and withdrawn_at is null order by announced_at",
            [user_id],
        )
        return {trait.bias: trait for trait in rows}


def put(connection: Connection[Any], user_id: UserId, trait: Trait) -> None:
    """Keep a trait as it is now: announced, still standing, or withdrawn."""
    connection.execute(
        "insert into trait (user_id, bias, announced_at, as_of, level, withdrawn_at, test)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (user_id, bias, announced_at)"
        " do update set as_of = excluded.as_of, level = excluded.level,"
        " withdrawn_at = excluded.withdrawn_at, test = excluded.test",
        [
            user_id,
            trait.bias,
            trait.announced_at,
            trait.as_of,
            trait.level,
            trait.withdrawn_at,
            trait.test,
        ],
    )
