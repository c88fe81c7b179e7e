"""Which fills are left out: decisions, the readings that each covers, and the marks on fills."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from coach.engine.store.fills import RunTarget
from coach.model.accounts import AccountId, UserId
from coach.model.bookkeeping.left_out import LeftOutFill
from coach.model.fills import FillKey, Symbol

COLUMNS = """
l.n, a.name as account, l.key, l.reason, l.left_out_at, l.taken_back_at, l.symbol, l.side,
l.quantity, l.price, l.at
"""
LEAVE_OUT = """
insert into left_out (user_id, n, account_id, key, reason, left_out_at, symbol, side, quantity,
 price, at)
select user_id, 1 + coalesce((select max(n) from left_out where user_id = %(user)s), 0),
       account_id, key, %(reason)s, %(now)s, symbol, side, quantity, price, at
  from fill where user_id = %(user)s and account_id = %(account)s and key = %(key)s
returning n
"""
CLEAR_MARKS = """
update fill f set left_out = null where f.user_id = %(user)s and f.account_id = %(account)s
   and f.left_out is not null returning f.symbol, false as newly
"""
SET_MARKS = """
with wanted as (select * from unnest(%(keys)s::bytea[], %(numbers)s::integer[]) as w (key, n)),
marked as (
  update fill f set left_out = w.n from wanted w where f.user_id = %(user)s
     and f.account_id = %(account)s and f.key = w.key and f.left_out is distinct from w.n
   returning f.symbol, true as newly),
cleared as (
  update fill f set left_out = null where f.user_id = %(user)s and f.account_id = %(account)s
     and f.left_out is not null and not f.key = any(%(keys)s) returning f.symbol, false as newly)
select symbol, newly from marked union all select symbol, newly from cleared
"""


class CoveredReading(NamedTuple):
    """A reading of a left-out fill: `key` names it whatever else is imported.

    `stored_key` is the other key under which it may be stored: that of its id alone.
    """

    key: FillKey
    stored_key: FillKey


class MarkedFills(NamedTuple):
    """The books in which marks changed, and how many fills are left out newly."""

    symbols: set[Symbol]
    newly: int


def leave_out(
    connection: Connection[Any], shelf: RunTarget, key: FillKey, reason: str, now: datetime
) -> int:
    """Keep that a stored fill is left out; return the decision's number."""
    facts = {
        "user": shelf.user_id,
        "account": shelf.account_id,
        "key": key,
        "reason": reason,
        "now": now,
    }
    row = connection.execute(LEAVE_OUT, facts).fetchone()
    assert row is not None
    return int(row[0])


def take_back(
    connection: Connection[Any], user_id: UserId, numbers: Collection[int], now: datetime
) -> None:
    """Keep that these decisions stand no more."""
    connection.execute(
        "update left_out set taken_back_at = %s where user_id = %s and n = any(%s)"
        " and taken_back_at is null",
        [now, user_id, list(numbers)],
    )


def cover(
    connection: Connection[Any], shelf: RunTarget, n: int, readings: Iterable[CoveredReading]
) -> None:
    """Note further readings of the fill that a decision is about."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into left_out_reading (user_id, n, account_id, key, stored_key)"
            " values (%s, %s, %s, %s, %s) on conflict do nothing",
            [[shelf.user_id, n, shelf.account_id, *one] for one in readings],
        )


def covered(
    connection: Connection[Any], shelf: RunTarget
) -> dict[FillKey, tuple[CoveredReading, int]]:
    """Return the readings that standing decisions of an account cover, each with its decision."""
    rows = connection.execute(
        "select r.key, r.stored_key, r.n from left_out l join left_out_reading r"
        " on r.user_id = l.user_id and r.n = l.n where l.user_id = %s and l.account_id = %s"
        " and l.taken_back_at is null order by r.n, r.key",
        [shelf.user_id, shelf.account_id],
        binary=True,
    )
    return {key: (CoveredReading(key, stored), n) for key, stored, n in rows}


def set_marks(
    connection: Connection[Any], shelf: RunTarget, numbers: Mapping[FillKey, int]
) -> MarkedFills:
    """Mark exactly these fills of the account as left out, each by the number of a decision."""
    facts = {
        "user": shelf.user_id,
        "account": shelf.account_id,
        "keys": list(numbers),
        "numbers": list(numbers.values()),
    }
    rows = connection.execute(SET_MARKS if numbers else CLEAR_MARKS, facts).fetchall()
    return MarkedFills({Symbol(symbol) for symbol, _ in rows}, sum(now for _, now in rows))


def numbers_naming(
    connection: Connection[Any], shelf: RunTarget, keys: Iterable[FillKey]
) -> set[int]:
    """Return the decisions, also those taken back, that name one of these readings."""
    rows = connection.execute(
        "select n from left_out_reading where user_id = %s and account_id = %s and key = any(%s)",
        [shelf.user_id, shelf.account_id, list(keys)],
    )
    return {n for (n,) in rows}


def in_use(connection: Connection[Any], user_id: UserId) -> set[int]:
    """Return the decisions by which a stored fill is left out."""
    rows = connection.execute(
        "select distinct left_out from fill where user_id = %s and left_out is not null", [user_id]
    )
    return {n for (n,) in rows}


def decisions(
    connection: Connection[Any], user_id: UserId, account_id: AccountId | None = None
) -> list[LeftOutFill]:
    """Return every decision to leave a fill out, also those taken back, by number."""
    with connection.cursor(row_factory=class_row(LeftOutFill)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from left_out l"  # noqa: S608 - constant names
            " join account a on a.user_id = l.user_id and a.id = l.account_id"
            " where l.user_id = %s and (%s::bigint is null or l.account_id = %s) order by l.n",
            [user_id, account_id, account_id],
        ).fetchall()
