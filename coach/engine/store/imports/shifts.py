"""Fills of one run that equal known fills of the account in everything but their time."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.fills import RunTarget
from coach.model.fills import FillKey, Side, Symbol

MOST_LOOKED_AT = 200
"""A file that is read on another clock shows in any of its fills; all of them would take long."""


class ShiftCandidate(NamedTuple):
    """A fill that the run brought, near enough to fills of other runs in its symbol.

    `known_from` and `known_to` are the times of the first and the last of those.
    """

    key: FillKey
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    at: datetime
    known_from: datetime
    known_to: datetime


class LikeFill(NamedTuple):
    """A fill of an earlier run with the symbol, side, quantity and price of a candidate."""

    key: FillKey
    at: datetime
    run_id: str


CANDIDATES = """
with own as (
    select distinct symbol from fill
     where user_id = %(user)s and account_id = %(account)s and run_n = %(run)s),
version as (
    select symbol, min(at) as first, max(at) as last from fill_version
     where user_id = %(user)s and account_id = %(account)s and run_n <> %(run)s and key = stands_for
     group by symbol),
span as (
    select symbol, least(known.at, v.first) as known_from, greatest(newest.at, v.last) as known_to
      from own left join version v using (symbol)
      left join lateral (
        select at from fill f where f.user_id = %(user)s and f.account_id = %(account)s
           and f.symbol = own.symbol and f.run_n <> %(run)s order by at limit 1) known on true
      left join lateral (
        select at from fill f where f.user_id = %(user)s and f.account_id = %(account)s
           and f.symbol = own.symbol and f.run_n <> %(run)s order by at desc limit 1) newest on true
     where known.at is not null or v.first is not null)
select f.key, f.symbol, f.side, f.quantity, f.price, f.at, s.known_from, s.known_to
  from fill f join span s on s.symbol = f.symbol
 where f.user_id = %(user)s and f.account_id = %(account)s and f.run_n = %(run)s
   and f.at between s.known_from - interval '14 hours' and s.known_to + interval '14 hours'
 order by f.at, f.key limit %(most)s
"""

# `offset 0` makes PostgreSQL look each fill up by book and time (see `twins`).
LIKE = """
select c.key, o.at, r.id
  from fill c
  join run m on m.user_id = c.user_id and m.n = c.run_n
  cross join lateral (
    select * from fill f where f.user_id = c.user_id and f.account_id = c.account_id
       and f.symbol = c.symbol
       and f.at between c.at - interval '14 hours 1 minute' and c.at + interval '14 hours 1 minute'
    offset 0) o
  join run r on r.user_id = o.user_id and r.n = o.run_n
 where c.user_id = %(user)s and c.account_id = %(account)s and c.key = any(%(keys)s)
   and o.run_n <> %(run)s and o.side = c.side and o.quantity = c.quantity and o.price = c.price
   and (c.native_id = '' or o.native_id = '' or r.family <> m.family)
union all
select c.key, v.at, r.id
  from fill c
  join fill_version v on v.user_id = c.user_id and v.account_id = c.account_id
   and v.stands_for = c.key and v.key = c.key and v.run_n <> c.run_n
  join run r on r.user_id = v.user_id and r.n = v.run_n
 where c.user_id = %(user)s and c.account_id = %(account)s and c.key = any(%(keys)s)
   and v.side = c.side and v.quantity = c.quantity and v.price = c.price
 order by 1, 2
"""


def candidates(connection: Connection[Any], shelf: RunTarget) -> list[ShiftCandidate]:
    """Return the run's first fills that stand near known fills of the account, oldest first."""
    facts = {**_facts(shelf), "most": MOST_LOOKED_AT}
    rows = connection.execute(CANDIDATES, facts, binary=True)
    return [ShiftCandidate(*row) for row in rows]


def like(connection: Connection[Any], shelf: RunTarget, keys: list[FillKey]) -> list[LikeFill]:
    """Return the fills of other runs like these, at most 14 hours and a minute away.

    Two fills with ids of one source are never alike: their ids say that they are two. Earlier
    readings of the same fill are.
    """
    rows = connection.execute(LIKE, {**_facts(shelf), "keys": keys}, binary=True)
    return [LikeFill(*row) for row in rows]


def _facts(shelf: RunTarget) -> dict[str, object]:
    return {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}
