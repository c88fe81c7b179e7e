"""Readings of all balances at a broker, of which only what changed is kept.

A sync asks a broker for all balances at once, and most are what they were. A reading that carries
has no row of a balance that is what the reading before it had; a reading that does not carry has
all of its own. `unsaid` are the coins that the reading before had and that this one does not state.
So what was stated at every reading is known, exactly and for ever. A carrying reading is written
out before the one that it follows is undone.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection

from coach.engine.store.fills import RunTarget
from coach.model.movements import StatedBalance

READ = """
reading as (
    select account_id, run_n, at, carries, unsaid,
           sum((not carries)::integer) over (partition by account_id order by at, run_n) as frame
      from balance_reading where user_id = %(user)s),
told_in as (
    select *, lead(at) over (partition by account_id, frame, coin order by at) as until from (
        select r.account_id, r.frame, s.coin, s.wallet, s.balance, r.at
          from reading r join stated_balance s
            on s.user_id = %(user)s and s.account_id = r.account_id and s.run_n = r.run_n
           and s.at = r.at and s.wallet = '*'
         union all
        select r.account_id, r.frame, unnest(r.unsaid), '*', null, r.at from reading r) said),
read_balance as (
    select r.account_id, r.run_n, r.at, t.coin, t.wallet, t.balance
      from reading r join told_in t on t.account_id = r.account_id and t.frame = r.frame
       and t.at < r.at and (t.until is null or r.at < t.until)
     where r.carries and t.balance is not null)
"""
"""What was stated at readings that carry, beside the rows that they have."""
NEWEST = """
select run_n, at from balance_reading where user_id = %(user)s and account_id = %(account)s
 order by at desc, run_n desc limit 1
"""
HELD = f"""
with {READ}
select coin, balance from read_balance
 where account_id = %(account)s and run_n = %(run)s and at = %(at)s
 union
select coin, balance from stated_balance
 where user_id = %(user)s and account_id = %(account)s and run_n = %(run)s and at = %(at)s
   and wallet = '*'
"""  # noqa: S608 - constant text
LAST_STATED = """
select distinct on (coin) coin, balance from stated_balance
 where user_id = %(user)s and account_id = %(account)s and wallet = '*'
 order by coin, at desc, run_n desc
"""
ADD = """
insert into balance_reading (user_id, account_id, run_n, at, carries, unsaid)
values (%(user)s, %(account)s, %(run)s, %(at)s, %(carries)s, %(unsaid)s)
"""
NEXT = """
select distinct later.run_n, later.at from balance_reading own
  join lateral (
    select run_n, at from balance_reading one
     where one.user_id = own.user_id and one.account_id = own.account_id and one.at > own.at
       and one.run_n <> own.run_n
     order by one.at, one.run_n limit 1) later on true
 where own.user_id = %(user)s and own.account_id = %(account)s and own.run_n = %(run)s
"""
WRITE_OUT = f"""
with {READ}
insert into stated_balance (user_id, account_id, run_n, coin, wallet, at, balance)
select %(user)s, account_id, run_n, coin, wallet, at, balance from read_balance
 where account_id = %(account)s and run_n = %(run)s and at = %(at)s
"""  # noqa: S608 - constant text
STANDS_ALONE = """
update balance_reading set carries = false, unsaid = '{}'
 where user_id = %(user)s and account_id = %(account)s and run_n = %(run)s
   and at = %(at)s
"""


def begin(
    connection: Connection[Any], shelf: RunTarget, at: datetime, stated: Iterable[StatedBalance]
) -> list[StatedBalance]:
    """Note a reading of a broker's balances and return those of them that are to be kept.

    One that is no later than another is no reading: all of it is kept.
    """
    told = list(stated)
    facts = _facts(shelf)
    row = connection.execute(NEWEST, facts).fetchone()
    if row is not None and row[1] >= at:
        return told
    same = {} if row is None else _same(connection, {**facts, "run": row[0], "at": row[1]})
    unsaid = sorted(same.keys() - {one.coin for one in told})
    connection.execute(ADD, {**facts, "at": at, "carries": bool(same), "unsaid": unsaid})
    return [one for one in told if same.get(one.coin) != one.balance]


def _same(connection: Connection[Any], newest: dict[str, object]) -> dict[str, Decimal]:
    """Return what the newest reading held, less what something else stated otherwise since."""
    held = dict(connection.execute(HELD, newest).fetchall())
    last = dict(connection.execute(LAST_STATED, newest).fetchall())
    return held if all(last.get(coin) == balance for coin, balance in held.items()) else {}


def before_undo(connection: Connection[Any], shelf: RunTarget) -> None:
    """Write out the readings that follow the run's, which may carry what goes with the run."""
    facts = _facts(shelf)
    for run_n, at in connection.execute(NEXT, facts).fetchall():
        following = {**facts, "run": run_n, "at": at}
        connection.execute(WRITE_OUT, following)
        connection.execute(STANDS_ALONE, following)


def _facts(shelf: RunTarget) -> dict[str, object]:
    return {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}
