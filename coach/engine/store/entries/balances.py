"""What a balance is by all that is known: fills, their fees and entries, coin by coin.

A fill that is left out moves nothing. One on margin moves no coin: its profit and fees are entries
of the ledger.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.engine.ledger.balances.running import (
    BalanceEvent,
    OwnCoin,
    RunningCoin,
    run,
)
from coach.engine.store.entries.balance_readings import READ
from coach.engine.store.movements import ENTRIES
from coach.model.accounts import AccountId, UserId
from coach.model.entries.reconciliation import BalanceJump, CoinFill

BASE = "left(f.symbol, -length(substring(f.symbol from '[^-]*$')) - 1)"
QUOTE = "substring(f.symbol from '[^-]*$')"
LEGS = f"""
{ENTRIES},
leg as (
    select f.account_id, {BASE} as coin, f.at, 'fill' as part,
           case f.side when 'buy' then f.quantity else -f.quantity end as change
      from fill f where f.user_id = %(user)s and f.margin = '' and f.left_out is null
    union all
    select f.account_id, {QUOTE}, f.at, 'fill',
           case f.side when 'buy' then -f.quantity * f.price else f.quantity * f.price end
      from fill f where f.user_id = %(user)s and f.margin = '' and f.left_out is null
    union all
    select f.account_id, f.fee_currency, f.at, 'fee', -f.fee
      from fill f where f.user_id = %(user)s and f.margin = '' and f.left_out is null and f.fee <> 0
    union all
    select account_id, coin, at, 'entry', quantity from entry where quantity is not null)
"""  # noqa: S608 - constant text
FILLS = """
select f.at, f.account_id, f.symbol, f.side = 'buy', f.quantity::text, f.price::text,
       f.fee::text, f.fee_currency
  from fill f where f.user_id = %(user)s and f.margin = '' and f.left_out is null
 order by f.at
"""
EVENTS = f"""
with {ENTRIES}, {READ}
select at, account_id, coin, quantity, '{{}}' from entry where quantity is not null
 union all
select at, account_id, coin, null, array_agg(distinct wallet || chr(9) || balance::text)
  from (select account_id, coin, wallet, at, balance from stated_balance where user_id = %(user)s
         union all select account_id, coin, wallet, at, balance from read_balance) every
 group by account_id, coin, at
"""  # noqa: S608 - constant text
COVERED = f"""
with {LEGS},
moment as (
    select coin, at, sum(change) as change, bool_or(part = 'entry' and change > 0) as came
      from leg where account_id = %(account)s and coin = any(%(coins)s) group by coin, at),
running as (
    select coin, came, sum(change) over (partition by coin order by at) as balance from moment)
select coin from running group by coin having bool_or(came) and min(balance) >= -1e-8
"""  # noqa: S608 - constant text
AT_ONCE = 5_000
NEAR = f"""
select encode(f.key, 'hex') as key, f.symbol, f.side, f.quantity, f.price, f.fee, f.fee_currency,
       f.at, (select count(*) from fill e where e.user_id = f.user_id
                and e.account_id = f.account_id and e.symbol = f.symbol and e.side = f.side
                and e.quantity = f.quantity and e.price = f.price and e.key <> f.key
                and e.left_out is null
                and e.at between f.at - interval '1 day' and f.at + interval '1 day') as twins
  from fill f
 where f.user_id = %(user)s and f.account_id = %(account)s and f.margin = ''
   and f.at > %(after)s and f.at <= %(before)s and f.left_out is null
   and case when cardinality(%(coins)s::text[]) = 1
       then {BASE} = any(%(coins)s) or {QUOTE} = any(%(coins)s) or f.fee_currency = any(%(coins)s)
       else {BASE} = any(%(coins)s) and {QUOTE} = any(%(coins)s) end
 order by case when cardinality(%(coins)s::text[]) > 1
     then (select min(abs(f.quantity - one)) from unnest(%(amounts)s::numeric[]) one) end,
   f.at desc limit 200
"""  # noqa: S608 - constant text


def coins(connection: Connection[Any], user_id: UserId) -> Mapping[OwnCoin, RunningCoin]:
    """Return what every account holds of each coin, and where that was stated or below zero.

    The fills are read once, as they stand in time: the time of it grows with them. The caller holds
    a transaction.
    """
    whose = {"user": user_id}
    events = [
        BalanceEvent(at, account_id, coin, change, tuple(map(_stated, stated)))
        for at, account_id, coin, change, stated in connection.execute(EVENTS, whose)
    ]
    with connection.cursor("balance_fills") as cursor:
        cursor.itersize = AT_ONCE
        return run(cursor.execute(FILLS, whose), events)


def covered_by_entries(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coins: Sequence[str]
) -> set[str]:
    """Return the coins that entries brought in, and of which never more left than was there."""
    facts = {"user": user_id, "account": account_id, "coins": list(coins)}
    return {coin for (coin,) in connection.execute(COVERED, facts)}


def _stated(text: str) -> tuple[str, Decimal]:
    wallet, _, balance = text.rpartition("\t")
    return wallet, Decimal(balance)


def fills_near(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    jumps: Sequence[BalanceJump],
    between: tuple[datetime, datetime],
) -> list[CoinFill]:
    """Return fills after the first moment and up to the second that moved the coin of a jump.

    Of several jumps those that moved two of their coins, nearest in quantity to a jump first.
    """
    facts = {
        "user": user_id,
        "account": account_id,
        "coins": [one.coin for one in jumps],
        "amounts": [one.amount.copy_abs() for one in jumps],
        "after": between[0],
        "before": between[1],
    }
    with connection.cursor(row_factory=class_row(CoinFill)) as cursor:
        return cursor.execute(NEAR, facts).fetchall()
