"""What a check before a trade looks at: the newest trades, what is open, the last price."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.trades import as_trip
from coach.model.accounts import UserId
from coach.model.trades import Trip

FEWEST = 120
"""Newest trades that are always looked at: enough to say how long a run of losses was."""

LATELY = """
with wanted as (
  (select id from trade where user_id = %(user)s and symbol like %(quote)s
    order by opened_at desc, id desc limit %(newest)s)
  union
  (select id from trade where user_id = %(user)s and closed_at is not null
    order by closed_at desc, id desc limit %(newest)s)
  union
  select id from trade where user_id = %(user)s and closed_at is null
  union
  select id from trade where user_id = %(user)s
     and closed_at >= coalesce(%(since)s::timestamptz, '-infinity')
)
select id, symbol, side, (extract(epoch from opened_at) * 1000000)::bigint,
       (extract(epoch from closed_at) * 1000000)::bigint,
       gross, fees, net, quantity, entry_notional, entry_fills, exit_fills, partial_closes,
       nullif(other_fees, '{}')
  from trade where user_id = %(user)s and id in (select id from wanted)
"""
LAST_PRICE = """
select newest.price from account a cross join lateral (
  select price, at, nanos, turn from fill f
   where f.user_id = a.user_id and f.account_id = a.id and f.symbol = %(symbol)s
     and f.left_out is null
   order by at desc, nanos desc, turn desc limit 1) newest
 where a.user_id = %(user)s order by at desc, nanos desc, turn desc limit 1
"""


class TradeReach(NamedTuple):
    """What was closed since a moment (None: ever), and so many newest trades in a currency."""

    quote: str
    since: datetime | None
    newest: int


def trips(connection: Connection[Any], user_id: UserId, reach: TradeReach) -> Iterator[Trip]:
    """Yield what is open and what lies within reach, once each."""
    facts = {
        "user": user_id,
        "since": reach.since,
        "quote": f"%-{reach.quote}",
        "newest": max(FEWEST, reach.newest),
    }
    with connection.cursor(binary=True) as cursor:
        yield from map(as_trip, cursor.execute(LATELY, facts))


def last_price(connection: Connection[Any], user_id: UserId, symbol: str) -> Decimal | None:
    """Return the price of the newest fill in a symbol."""
    row = connection.execute(LAST_PRICE, {"user": user_id, "symbol": symbol}).fetchone()
    found: Decimal | None = row and row[0]
    return found


def can_be_short(connection: Connection[Any], user_id: UserId) -> bool:
    """Say whether any account of the user can be short."""
    row = connection.execute(
        "select exists (select from account where user_id = %s and shorts)", [user_id]
    ).fetchone()
    return bool(row and row[0])
