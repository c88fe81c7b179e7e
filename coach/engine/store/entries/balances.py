"""What a balance is by all that is known: fills, their fees and entries, coin by coin.

A fill that is left out moves nothing. One on margin moves no coin: its profit and fees are entries
of the ledger.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from coach.engine.ledger.balances.gaps import Checkpoint
from coach.engine.ledger.exact import ZERO
from coach.engine.store.movements import ENTRIES
from coach.model.accounts import AccountId, UserId
from coach.model.entries.reconciliation import CoinFill, CoinSums

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
SUMS = f"""
with {LEGS}
select a.id as account_id, a.name as account, a.shorts, l.coin, sum(l.change) as balance,
       coalesce(sum(l.change) filter (where l.part = 'fill'), 0) as fills,
       coalesce(sum(l.change) filter (where l.part = 'fee'), 0) as fees,
       coalesce(sum(l.change) filter (where l.part = 'entry'), 0) as entries,
       count(*) filter (where l.part = 'entry') as entry_count, max(l.at) as last
  from leg l join account a on a.user_id = %(user)s and a.id = l.account_id
 group by a.id, a.name, a.shorts, l.coin order by a.name, l.coin
"""  # noqa: S608 - constant text
POINTS = f"""
with {LEGS},
told_balance as (
    select account_id, coin, at, array_agg(distinct wallet || chr(9) || balance::text) as stated
      from stated_balance where user_id = %(user)s group by account_id, coin, at),
instant as (
    select account_id, coin, at, sum(change) as change, sum(derived) as derived from (
        select account_id, coin, at, change, (part <> 'entry')::int as derived from leg
        union all select account_id, coin, at, 0, 0 from told_balance) every
     group by account_id, coin, at),
running as (
    select account_id, coin, at, sum(change) over earlier as balance,
           sum(derived) over earlier as derived
      from instant window earlier as (partition by account_id, coin order by at)),
below as (
    select *, min(at) filter (where balance < -%(rounding)s * (derived + 1))
              over (partition by account_id, coin) as below_at from running)
select b.account_id, b.coin, b.at, b.balance, b.derived::bigint, b.at = b.below_at as first_below,
       coalesce(t.stated, '{{}}') as stated
  from below b left join told_balance t using (account_id, coin, at)
 where t.account_id is not null or b.at = b.below_at
 order by b.account_id, b.coin, b.at
"""  # noqa: S608 - constant text
SMALLEST = Decimal("1E-8")
"""What a price that was cut off may make a balance wrong by, for each fill."""
AT = f"""
with {LEGS}
select coalesce(sum(change), 0) from leg
 where account_id = %(account)s and coin = %(coin)s and at <= %(at)s
"""  # noqa: S608 - constant text
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
   and ({BASE} = any(%(coins)s) or {QUOTE} = any(%(coins)s) or f.fee_currency = any(%(coins)s))
 order by f.at desc limit 200
"""  # noqa: S608 - constant text


class CoinPoints(NamedTuple):
    """The moments of a coin at which something was stated, and when it first went below zero."""

    checkpoints: tuple[Checkpoint, ...]
    below: tuple[datetime, Decimal] | None


def coin_sums(connection: Connection[Any], user_id: UserId) -> list[CoinSums]:
    """Return what fills, fees and entries come to, for each account and coin."""
    with connection.cursor(row_factory=class_row(CoinSums)) as cursor:
        return cursor.execute(SUMS, {"user": user_id}).fetchall()


def coin_points(
    connection: Connection[Any], user_id: UserId
) -> dict[tuple[AccountId, str], CoinPoints]:
    """Return where balances are stated or go below zero, by account and coin."""
    found: dict[tuple[AccountId, str], CoinPoints] = {}
    rows = connection.execute(POINTS, {"user": user_id, "rounding": SMALLEST})
    for account_id, coin, at, balance, derived, first_below, stated in rows:
        points = found.get((account_id, coin), CoinPoints((), None))
        if first_below:
            points = points._replace(below=(at, balance))
        if stated:
            told = tuple(_stated(text) for text in stated)
            point = Checkpoint(at, balance, derived, told)
            points = points._replace(checkpoints=(*points.checkpoints, point))
        found[account_id, coin] = points
    return found


def _stated(text: str) -> tuple[str, Decimal]:
    wallet, _, balance = text.rpartition("\t")
    return wallet, Decimal(balance)


def balance_at(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coin: str, at: datetime
) -> Decimal:
    """Return what the books hold of a coin in an account at a moment."""
    facts = {"user": user_id, "account": account_id, "coin": coin, "at": at}
    row = connection.execute(AT, facts).fetchone()
    return ZERO if row is None else row[0]


def fills_near(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    coins: Sequence[str],
    between: tuple[datetime, datetime],
) -> list[CoinFill]:
    """Return fills that moved one of the coins after the first moment and up to the second."""
    facts = {
        "user": user_id,
        "account": account_id,
        "coins": list(coins),
        "after": between[0],
        "before": between[1],
    }
    with connection.cursor(row_factory=class_row(CoinFill)) as cursor:
        return cursor.execute(NEAR, facts).fetchall()
