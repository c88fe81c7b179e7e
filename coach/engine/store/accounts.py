"""Which accounts a user has, and what may be read for them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.model.accounts import Account, AccountId, ShortsOrigin, UserId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class BrokerConnection:
    """A broker that an account may be read from; `key_file` is empty where the key is sealed.

    `sync_hours` is how often it is read: None as usual, 0 never by itself. `pairs` are those that a
    person chose, where the broker has to be told.
    """

    account_id: AccountId
    account: str
    broker: str
    base_url: str
    key_name: str
    key_file: str
    permissions: dict[str, Any]
    checked_at: datetime | None
    sync_hours: int | None = None
    trouble_code: str = ""
    pairs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key that an older coach left in a private file."""

    user_id: UserId
    account_id: AccountId
    broker: str
    key_file: str


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One account with what is known of it."""

    name: str
    broker: str
    shorts: bool
    shorts_origin: ShortsOrigin
    fills: int
    first: datetime | None
    last: datetime | None
    last_import: datetime | None
    connected: str
    equity: Decimal | None = None
    permissions: dict[str, Any] | None = None
    checked_at: datetime | None = None
    trouble_code: str = ""
    trouble: str = ""
    tried_at: datetime | None = None
    sync_hours: int | None = None
    next_sync: datetime | None = None


def account_named(connection: Connection[Any], user_id: UserId, name: str) -> Account | None:
    """Return the user's account of that name."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(
            "select id, name, broker, shorts from account where user_id = %s and name = %s",
            [user_id, name],
        ).fetchone()


def ensure_account(
    connection: Connection[Any], user_id: UserId, name: str, broker: str, shorts: bool
) -> Account:
    """Return the account, made if absent."""
    connection.execute(
        "insert into account (user_id, name, broker, shorts) values (%s, %s, %s, %s)"
        " on conflict (user_id, name) do nothing",
        [user_id, name, broker, shorts],
    )
    account = account_named(connection, user_id, name)
    assert account is not None
    return account


def give_broker(
    connection: Connection[Any], user_id: UserId, account: Account, broker: str, *, shorts: bool
) -> Account:
    """Return the account, which becomes one of the broker if entries alone are known of it."""
    given = connection.execute(
        "update account a set broker = %(broker)s,"
        " shorts = case when a.shorts_declared then a.shorts else %(shorts)s end"
        " where a.user_id = %(user)s and a.id = %(account)s and a.broker = 'generic'"
        " and not exists (select from fill f where f.user_id = a.user_id and f.account_id = a.id)",
        {"user": user_id, "account": account.id, "broker": broker, "shorts": shorts},
    )
    if not given.rowcount:
        return account
    found = account_named(connection, user_id, account.name)
    assert found is not None
    return found


def accounts(connection: Connection[Any], user_id: UserId) -> list[Account]:
    """Return the user's accounts by name."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(
            "select id, name, broker, shorts from account where user_id = %s order by name",
            [user_id],
        ).fetchall()


def set_shorts(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    *,
    allowed: bool,
    declared: bool,
) -> None:
    """Say whether a sell from flat opens a short here, and whether the user declared it."""
    connection.execute(
        "update account set shorts = %s, shorts_declared = %s where user_id = %s and id = %s",
        [allowed, declared, user_id, account_id],
    )


SHORTS_ORIGIN = """
case when a.shorts_declared then 'declared'
     when a.broker = 'generic' and not exists (select from run r where r.user_id = a.user_id
          and r.account_id = a.id and r.state = 'done' and r.source not in ('generic', 'entries'))
          then 'guessed'
     else 'broker' end
"""
"""Only statements in coach's own templates leave open whether an account can be short."""


def shorts_origin(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> ShortsOrigin:
    """Return who says whether the account can be short."""
    row = connection.execute(
        f"select {SHORTS_ORIGIN} from account a where a.user_id = %s and a.id = %s",  # noqa: S608 - a constant
        [user_id, account_id],
    ).fetchone()
    assert row is not None
    origin: ShortsOrigin = row[0]
    return origin


def remove(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> None:
    """Drop an account without fills: the record of its imports, its connection, its clocks."""
    rooms = ("account_clock", "connection", "contract_size", "fetched_entries", "fetched_window")
    more = ("left_out", "left_out_reading", "movement", "row_order", "run", "stated_balance")
    for table in (*rooms, *more, "balance_reading"):
        connection.execute(
            f"delete from {table} where user_id = %s and account_id = %s",  # noqa: S608 - a constant
            [user_id, account_id],
        )
    connection.execute("delete from account where user_id = %s and id = %s", [user_id, account_id])


SUMMARIES = f"""
select a.name, a.broker, a.shorts, {SHORTS_ORIGIN} as shorts_origin, a.equity,
       (select count(*) from fill f where f.user_id = a.user_id and f.account_id = a.id) as fills,
       (select min(first_at) from run r where r.user_id = a.user_id and r.account_id = a.id
         and r.state = 'done') as first,
       (select max(last_at) from run r where r.user_id = a.user_id and r.account_id = a.id
         and r.state = 'done') as last,
       (select max(finished_at) from run r where r.user_id = a.user_id and r.account_id = a.id
         and r.state = 'done') as last_import,
       coalesce(c.key_name, '') as connected, c.permissions, c.checked_at,
       coalesce(c.trouble_code, '') as trouble_code, coalesce(c.trouble, '') as trouble,
       c.tried_at, c.sync_hours
  from account a left join connection c on c.user_id = a.user_id and c.account_id = a.id
 where a.user_id = %s and (exists (select from run r where r.user_id = a.user_id
       and r.account_id = a.id and r.state in ('done', 'undone'))
    or c.account_id is not null)
 order by a.name
"""  # noqa: S608 - a constant


def summaries(connection: Connection[Any], user_id: UserId) -> list[AccountSummary]:
    """Return every account of the user with its fills, reach and last import."""
    with connection.cursor(row_factory=class_row(AccountSummary)) as cursor:
        return cursor.execute(SUMMARIES, [user_id]).fetchall()


def connect_broker(connection: Connection[Any], user_id: UserId, made: BrokerConnection) -> None:
    """Remember where an account may be read from; the newest key replaces the older."""
    connection.execute(
        "insert into connection (user_id, account_id, broker, base_url, key_name, key_file,"
        " permissions, checked_at, pairs) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_id, account_id) do update set broker = excluded.broker,"
        " base_url = excluded.base_url, key_name = excluded.key_name,"
        " key_file = excluded.key_file, permissions = excluded.permissions,"
        " checked_at = excluded.checked_at, pairs = excluded.pairs, trouble_code = '',"
        " trouble = '', nonce = 0, entries_unread = ''",
        [
            user_id,
            made.account_id,
            made.broker,
            made.base_url,
            made.key_name,
            made.key_file,
            Jsonb(made.permissions),
            made.checked_at,
            Jsonb([*made.pairs]),
        ],
    )


def note_permissions(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    permissions: dict[str, object],
    at: datetime,
) -> None:
    """Remember what the broker says the account's key may do."""
    connection.execute(
        "update connection set permissions = %s, checked_at = %s"
        " where user_id = %s and account_id = %s",
        [Jsonb(permissions), at, user_id, account_id],
    )


def connected(connection: Connection[Any], user_id: UserId) -> list[BrokerConnection]:
    """Return the brokers that the user's accounts may be read from."""
    with connection.cursor(row_factory=class_row(BrokerConnection)) as cursor:
        return cursor.execute(
            "select c.account_id, a.name as account, c.broker, c.base_url, c.key_name, c.key_file,"
            " c.permissions, c.checked_at, c.sync_hours, c.trouble_code, c.pairs from connection c"
            " join account a on a.user_id = c.user_id and a.id = c.account_id"
            " where c.user_id = %s order by a.name",
            [user_id],
        ).fetchall()


KEY_FILES = """
select user_id, account_id, broker, key_file from connection where key_file <> ''
 order by user_id, account_id
"""


def key_files(connection: Connection[Any], *, locked: bool = False) -> list[KeyFile]:
    """Return the keys of all users that lie in files; `locked` keeps them until the commit."""
    query = f"{KEY_FILES} for update" if locked else KEY_FILES
    with connection.cursor(row_factory=class_row(KeyFile)) as cursor:
        return cursor.execute(query).fetchall()


def forget_key_file(connection: Connection[Any], found: KeyFile) -> None:
    """Forget the file of a key, which is gone; another one that was named meanwhile stays."""
    connection.execute(
        "update connection set key_file = '' where user_id = %s and account_id = %s"
        " and key_file = %s",
        [found.user_id, found.account_id, found.key_file],
    )


def disconnect(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> None:
    """Forget how an account was read; its fills stay."""
    for table in ("connection", "fetched_entries", "fetched_window"):
        connection.execute(
            f"delete from {table} where user_id = %s and account_id = %s",  # noqa: S608 - a constant
            [user_id, account_id],
        )


def set_sync_hours(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, hours: int
) -> None:
    """Say how often an account is read by itself; 0 never."""
    connection.execute(
        "update connection set sync_hours = %s where user_id = %s and account_id = %s",
        [hours, user_id, account_id],
    )
