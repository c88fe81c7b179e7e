"""Rows of whole orders without ids, and the executions that another source tells of that day.

Interactive Brokers' activity statement has one row for an order, at the time of one of its
executions; its Flex queries have a row for each, seconds or hours apart, with the order's id.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.fills import RunTarget
from coach.engine.store.imports.twins import SOURCED, SourcedFill
from coach.model.fills import FillKey, Side, Symbol

ORDER_ROWS = "interactive-brokers"
"""The source whose rows are orders without ids, and its broker."""
EXECUTIONS = ORDER_ROWS + "-%"
"""The sources of that broker whose rows are executions."""


class OrderPart(NamedTuple):
    """The row of an order and its time, and an execution near it that may be a part of it."""

    order: SourcedFill
    order_at: datetime
    part: SourcedFill
    part_at: datetime
    order_id: str


class LoneFill(NamedTuple):
    """A fill that no reading of another source stands aside for; whether it is of an order row."""

    key: FillKey
    symbol: Symbol
    side: Side
    at: datetime
    of_order_row: bool
    ours: bool


# `offset 0` makes PostgreSQL look each fill up by book and time (see `twins`).
PARTS = f"""
select {SOURCED.format(f="f", r="m")}, f.at, {SOURCED.format(f="o", r="u")}, o.at, o.order_id
  from fill f join run m on m.user_id = f.user_id and m.n = f.run_n
  cross join lateral (
    select x.* from fill x
     where x.user_id = f.user_id and x.account_id = f.account_id and x.symbol = f.symbol
       and x.at between f.at - interval '1 day' and f.at + interval '1 day' offset 0) o
  join run u on u.user_id = o.user_id and u.n = o.run_n
 where f.user_id = %(user)s and f.account_id = %(account)s and f.native_id = ''
   and m.source = %(rows)s and u.source like %(executions)s
   and o.side = f.side and o.quantity < f.quantity
   and not m.seen @> o.n and not u.seen @> f.n
   and (%(run)s in (f.run_n, o.run_n) or f.key = any(%(keys)s) or o.key = any(%(keys)s))
 order by f.at, f.key, o.order_id, o.at, o.key
"""  # noqa: S608 - constant text
LONE = """
with near as (
    select symbol, min(at) - interval '1 day' as first, max(at) + interval '1 day' as last
      from fill where user_id = %(user)s and account_id = %(account)s and run_n = %(run)s
     group by symbol)
select f.key, f.symbol, f.side, f.at, r.source = %(rows)s, f.run_n = %(run)s
  from near join fill f on f.symbol = near.symbol and f.at between near.first and near.last
  join run r on r.user_id = f.user_id and r.n = f.run_n
 where f.user_id = %(user)s and f.account_id = %(account)s and f.left_out is null
   and (r.source = %(rows)s or r.source like %(executions)s)
   and not exists (select from fill_version v where v.user_id = f.user_id
       and v.account_id = f.account_id and v.stands_for = f.key and v.key <> f.key)
   and not exists (select from run o where o.user_id = f.user_id and o.account_id = f.account_id
       and o.seen @> f.n and (o.source = %(rows)s) <> (r.source = %(rows)s)
       and (o.state = 'done' or o.n = %(run)s))
 order by f.at, f.key
"""


def parts_of_orders(
    connection: Connection[Any], shelf: RunTarget, keys: Sequence[FillKey]
) -> Iterator[OrderPart]:
    """Yield each row of an order with the executions near it, order id by order id.

    One of the two is of the run, or has one of these keys.
    """
    width = len(SourcedFill._fields)
    for row in connection.execute(PARTS, {**_facts(shelf), "keys": list(keys)}, binary=True):
        order, rest = SourcedFill._make(row[:width]), row[width:]
        part, (part_at, order_id) = SourcedFill._make(rest[1 : width + 1]), rest[width + 1 :]
        yield OrderPart(order, rest[0], part, part_at, order_id)


def lone_fills(connection: Connection[Any], shelf: RunTarget) -> list[LoneFill]:
    """Return the fills in the time of a run's, of both kinds of sources, that stand by themselves.

    Those that are left out are no part of it.
    """
    return [LoneFill._make(row) for row in connection.execute(LONE, _facts(shelf), binary=True)]


def _facts(shelf: RunTarget) -> dict[str, object]:
    return {
        "user": shelf.user_id,
        "account": shelf.account_id,
        "run": shelf.run_n,
        "rows": ORDER_ROWS,
        "executions": EXECUTIONS,
    }
