"""Owned coins that are open in the books, now or as the books stood at a moment."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from psycopg import Connection

    from coach.engine.ledger.doubts import OpenPosition
    from coach.engine.ledger.holdings import ClosedTrade
    from coach.model.accounts import UserId
    from coach.model.entries.splits import Split
    from coach.model.trades import TradeId

NOW = """
with opened as materialized (
    select user_id, account_id, symbol, opened_at, id,
           substring(entry_fills from 1 for 16) as first_key
      from trade where user_id = %(user)s and closed_at is null and side = 'long')
select t.id, a.name, b.symbol, b.open_quantity, t.opened_at from opened t
  join book b on b.user_id = t.user_id and b.account_id = t.account_id
       and b.symbol = t.symbol and b.method = 'fifo' and not b.margin
  join account a on a.user_id = t.user_id and a.id = t.account_id
  join fill f on f.key = t.first_key
       and f.user_id = t.user_id and f.account_id = t.account_id and f.margin = ''
 order by b.symbol collate "C", a.name collate "C"
"""
"""The first fill is looked up once its key stands by itself: below a table with policies no index
is asked for what a function such as substring returns."""
THEN = """
with opened as materialized (
    select user_id, account_id, symbol, opened_at, id,
           substring(entry_fills from 1 for 16) as first_key
      from trade where user_id = %(user)s and side = 'long' and opened_at < %(until)s
       and (closed_at is null or closed_at >= %(until)s)),
sized as (
    select t.id, a.name, t.symbol, t.opened_at,
           (select coalesce(sum(case g.side when 'buy' then g.quantity else -g.quantity end), 0)
              from fill g
             where g.user_id = t.user_id and g.account_id = t.account_id and g.symbol = t.symbol
               and g.margin = '' and g.left_out is null
               and g.at >= t.opened_at and g.at < %(until)s) as quantity
      from opened t join account a on a.user_id = t.user_id and a.id = t.account_id
      join fill f on f.key = t.first_key
           and f.user_id = t.user_id and f.account_id = t.account_id and f.margin = '')
select id, name, symbol, quantity, opened_at from sized
 order by symbol collate "C", name collate "C"
"""
MOVES = """
select f.at, case f.side when 'buy' then f.quantity else -f.quantity end
  from fill f join account a on a.user_id = f.user_id and a.id = f.account_id
 where f.user_id = %(user)s and a.name = %(account)s and f.symbol = %(symbol)s
   and f.margin = '' and f.left_out is null and f.at >= %(since)s and f.at < %(until)s
 order by f.at
"""
CLOSED = """
select t.symbol, t.quantity, t.opened_at, t.closed_at from (
    select distinct t.id, t.symbol, t.quantity, t.opened_at, t.closed_at
      from account a
      join book b on b.user_id = a.user_id and b.account_id = a.id and b.method = 'fifo'
           and left(b.symbol, -length(b.quote) - 1) = any(%(coins)s)
     cross join unnest(%(moments)s::timestamptz[]) moment
     cross join lateral (
        select * from trade one
         where one.user_id = b.user_id and one.account_id = b.account_id
           and one.symbol = b.symbol and one.closed_at > moment
         order by one.closed_at limit 1) t
     where a.user_id = %(user)s and a.name = %(account)s and t.side = 'long'
       and t.opened_at <= moment and (%(until)s::timestamptz is null or t.closed_at < %(until)s)
       and not exists (select from book m where m.user_id = b.user_id
           and m.account_id = b.account_id and m.symbol = b.symbol and m.margin)) t
 order by t.opened_at, t.symbol collate "C"
"""
"""Of a symbol that is also traded on margin none is told: its trades may be of either kind."""
LEAVING = """
select exists (select from movement where user_id = %(user)s and quantity < 0)
    or exists (select from unknown_basis where user_id = %(user)s and side = 'sell'
                and quantity > 0 and not rounding)
    or exists (select from book b join book q on q.user_id = b.user_id
                and q.account_id = b.account_id and q.symbol like b.quote || '-%%'
               where b.user_id = %(user)s)
"""


NO_SIZES: Mapping[TradeId, Decimal] = MappingProxyType({})
NO_SPLITS: Mapping[tuple[str, str], Sequence[Split]] = MappingProxyType({})


class OpenTrade(NamedTuple):
    """A trade whose position is open in the books."""

    id: TradeId
    position: OpenPosition


def open_longs(
    connection: Connection[Any],
    user_id: UserId,
    until: datetime | None = None,
    splits: Mapping[tuple[str, str], Sequence[Split]] = NO_SPLITS,
    sizes: Mapping[TradeId, Decimal] = NO_SIZES,
) -> list[OpenTrade]:
    """Return the owned coins that are open in the books, by symbol and account.

    With `until`, those that were open just before it, with what was open of them then: `splits` by
    the name of an account and a coin are those before it, `sizes` what was open of trades that are
    in coins with other names, too.
    """
    from coach.engine.ledger.doubts import OpenPosition

    query = NOW if until is None else THEN
    rows = connection.execute(query, {"user": user_id, "until": until}).fetchall()
    found = [OpenTrade(name, OpenPosition(*row)) for name, *row in rows]
    if until is None:
        return found
    sized = (
        one._replace(position=one.position._replace(quantity=sizes[one.id]))
        if one.id in sizes
        else _sized(connection, user_id, until, one, splits)
        for one in found
    )
    return [one for one in sized if one.position.quantity > 0]


def _sized(
    connection: Connection[Any],
    user_id: UserId,
    until: datetime,
    one: OpenTrade,
    splits: Mapping[tuple[str, str], Sequence[Split]],
) -> OpenTrade:
    """Return an open trade with its quantity in the units after its splits."""
    from coach.engine.ledger.splits import quantity_since
    from coach.model.fills import base_of

    account, symbol, _, since = one.position
    own = [split for split in splits.get((account, base_of(symbol)), ()) if split.at > since]
    if not own:
        return one
    facts = {"user": user_id, "account": account, "symbol": symbol, "since": since, "until": until}
    moves = connection.execute(MOVES, facts).fetchall()
    return one._replace(position=one.position._replace(quantity=quantity_since(moves, own)))


def may_have_left(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether anything is known by which coins can leave a position unseen by its book."""
    row = connection.execute(LEAVING, {"user": user_id}).fetchone()
    return row is not None and bool(row[0])


def closed_later(
    connection: Connection[Any],
    user_id: UserId,
    coins: tuple[str, Collection[str]],
    moments: Sequence[datetime],
    until: datetime | None,
) -> list[ClosedTrade]:
    """Return the trades that were open at one of some moments and are over; before `until`.

    `coins` are an account and names of a coin. Each trade has the name and units of its close.
    """
    from coach.engine.ledger.holdings import ClosedTrade

    account, names = coins
    facts = {
        "user": user_id,
        "account": account,
        "coins": list(names),
        "moments": list(moments),
        "until": until,
    }
    return [ClosedTrade(*row) for row in connection.execute(CLOSED, facts)]
