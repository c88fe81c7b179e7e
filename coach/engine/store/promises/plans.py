"""What a trader declared beforehand, and the money that an account began with."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.plans import Param, Plan


def plans(connection: Connection[Any], user_id: UserId) -> list[Plan]:
    """Return the user's plans, oldest first."""
    rows = connection.execute(
        "select id, kind, params, created_at from plan where user_id = %s order by created_at, id",
        [user_id],
    )
    return [Plan(id_, kind, _read(params), at) for id_, kind, params, at in rows]


def _read(params: dict[str, Any]) -> dict[str, Param]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in params.items()
    }


def add(connection: Connection[Any], user_id: UserId, plan: Plan, now: datetime) -> None:
    """Keep a new plan."""
    connection.execute(
        "insert into plan (user_id, id, kind, params, created_at) values (%s, %s, %s, %s, %s)",
        [user_id, plan.id, plan.kind, Jsonb(plan.params), now],
    )


def remove(connection: Connection[Any], user_id: UserId, plan_id: str) -> bool:
    """Drop a plan; False when there is none of that id."""
    gone = connection.execute("delete from plan where user_id = %s and id = %s", [user_id, plan_id])
    return bool(gone.rowcount)


def equity(connection: Connection[Any], user_id: UserId) -> Decimal | None:
    """Return the money that all accounts began with, None when nobody said it of any.

    An account whose every import was taken back holds nothing, and does not count.
    """
    row = connection.execute(
        "select sum(equity) from account a where user_id = %s"
        " and (exists (select from run r where r.account_id = a.id and r.state = 'done')"
        " or not exists (select from run r where r.account_id = a.id and r.state = 'undone'))",
        [user_id],
    ).fetchone()
    assert row is not None
    equity: Decimal | None = row[0]
    return equity


def declared_equities(connection: Connection[Any], user_id: UserId) -> dict[str, Decimal | None]:
    """Return what each account began with, None where nobody said it."""
    return dict(
        connection.execute(
            "select name, equity from account where user_id = %s", [user_id]
        ).fetchall()
    )


def set_equity(
    connection: Connection[Any], user_id: UserId, account: str, amount: Decimal | None
) -> bool:
    """Say what an account began with (None: forget it); False when there is no such account."""
    changed = connection.execute(
        "update account set equity = %s where user_id = %s and name = %s",
        [amount, user_id, account],
    )
    return bool(changed.rowcount)
