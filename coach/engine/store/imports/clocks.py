"""Which clock the files of an account are on, as its user said when one was imported."""

from typing import Any

from psycopg import Connection

from coach.model.accounts import AccountId, UserId


def account_zone(
    connection: Connection[Any], user_id: UserId, account: str, source: str
) -> str | None:
    """Return the zone that the user named for files of this format in the account of that name."""
    row = connection.execute(
        "select c.zone from account_clock c"
        " join account a on a.user_id = c.user_id and a.id = c.account_id"
        " where c.user_id = %s and a.name = %s and c.source = %s",
        [user_id, account, source],
    ).fetchone()
    return None if row is None else str(row[0])


def keep_account_zone(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, source: str, zone: str
) -> None:
    """Keep the zone for further files of this format in the account; the newest one stands."""
    connection.execute(
        "insert into account_clock (user_id, account_id, source, zone) values (%s, %s, %s, %s)"
        " on conflict (user_id, account_id, source) do update set zone = excluded.zone",
        [user_id, account_id, source, zone],
    )
