"""Owned coins that are open in the books, now or as the books stood at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.ledger.doubts import OpenPosition
    from coach.model.accounts import UserId
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
           (select sum(case g.side when 'buy' then g.quantity else -g.quantity end) from fill g
             where g.user_id = t.user_id and g.account_id = t.account_id and g.symbol = t.symbol
               and g.margin = '' and g.left_out is null
               and g.at >= t.opened_at and g.at < %(until)s) as quantity
      from opened t join account a on a.user_id = t.user_id and a.id = t.account_id
      join fill f on f.key = t.first_key
           and f.user_id = t.user_id and f.account_id = t.account_id and f.margin = '')
select id, name, symbol, quantity, opened_at from sized where quantity > 0
 order by symbol collate "C", name collate "C"
"""
LEAVING = """
select exists (select from movement where user_id = %(user)s and quantity < 0)
    or exists (select from unknown_basis where user_id = %(user)s and side = 'sell'
                and quantity > 0 and not rounding)
    or exists (select from book b join book q on q.user_id = b.user_id
                and q.account_id = b.account_id and q.symbol like b.quote || '-%%'
               where b.user_id = %(user)s)
"""


class OpenTrade(NamedTuple):
    """A trade whose position is open in the books."""

    id: TradeId
    position: OpenPosition


def open_longs(
    connection: Connection[Any], user_id: UserId, until: datetime | None = None
) -> list[OpenTrade]:
    """Return the owned coins that are open in the books, by symbol and account.

    With `until`, those that were open just before it, with what was open of them then.
    """
    from coach.engine.ledger.doubts import OpenPosition

    query = NOW if until is None else THEN
    rows = connection.execute(query, {"user": user_id, "until": until})
    return [OpenTrade(name, OpenPosition(*row)) for name, *row in rows]


def may_have_left(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether anything is known by which coins can leave a position unseen by its book."""
    row = connection.execute(LEAVING, {"user": user_id}).fetchone()
    return row is not None and bool(row[0])
