"""Coins that came or left otherwise than by a trade, as the imports told them.

Each run keeps all of its own, under a key of what the row says, so that files may overlap and a
run may be undone: movements of several runs under one key are one movement. Where the source has an
id for a row, the key is that id, and what an earlier import told without it is the same movement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from coach.engine.ledger.dust import LARGEST_SHARE
from coach.engine.ledger.exact import multiply
from coach.engine.store.copying import copy_in
from coach.engine.store.fills import RunTarget
from coach.model.accounts import UserId
from coach.model.fills import base_of
from coach.model.movements import AccountMovement, Movement

if TYPE_CHECKING:
    from coach.engine.ledger.doubts import OpenPosition

COLUMNS = "user_id, account_id, run_n, key, coin, kind, quantity, at, fee, reference"


def add(
    connection: Connection[Any], shelf: RunTarget, movements: Iterable[tuple[str, Movement]]
) -> None:
    """Keep what a run told, each with its kind; equal movements of one run are counted."""
    whose = (shelf.user_id, shelf.account_id, shelf.run_n)
    with copy_in(connection, "movement", COLUMNS) as copy:
        for key, kind, movement in _keyed(movements):
            what = (movement.coin, kind, movement.quantity, movement.at)
            copy.write_row((*whose, key, *what, movement.fee, movement.reference))


def _keyed(movements: Iterable[tuple[str, Movement]]) -> Iterator[tuple[bytes, str, Movement]]:
    copies: Counter[str] = Counter()
    named: set[bytes] = set()
    for kind, movement in movements:
        if movement.reference:
            key = _key_of_id(movement)
            if key not in named:
                named.add(key)
                yield key, kind, movement
            continue
        quantity = "" if movement.quantity is None else format(movement.quantity.normalize(), "f")
        words = f"{kind}\t{movement.coin}\t{quantity}\t{movement.at.isoformat()}"
        copies[words] += 1
        digest = blake2b(f"{copies[words]}\t{words}".encode(), digest_size=16)
        yield digest.digest(), kind, movement


def _key_of_id(movement: Movement) -> bytes:
    way = "-" if movement.quantity is None or movement.quantity < 0 else "+"
    words = f"id\t{movement.reference}\t{movement.coin}\t{way}"
    return blake2b(words.encode(), digest_size=16).digest()


ENTRIES = """
told as (
    select distinct on (account_id, key) * from movement where user_id = %(user)s and not aside
     order by account_id, key, run_n desc),
named as (
    select account_id, coin, kind, quantity, at, count(*) as times from told
     where reference <> '' group by account_id, coin, kind, quantity, at),
row_told as (
    select * from told where reference <> ''
    union all
    select t.* from (
        select *, row_number() over (partition by account_id, coin, kind, quantity, at) as copy
          from told where reference = '') n
      join told t using (account_id, key)
      left join named on (named.account_id, named.coin, named.kind, named.at)
            = (n.account_id, n.coin, n.kind, n.at)
         and named.quantity is not distinct from n.quantity
     where n.copy > coalesce(named.times, 0)),
told_by_both as (
    select account_id from run
     where user_id = %(user)s and source in ('coinbase-api', 'coinbase-history')
     group by account_id having count(distinct source) = 2),
of_both as (
    select m.*, r.source = 'coinbase-api' as by_key,
           coalesce(m.at - lag(m.at) over same > interval '1 minute', true) as apart
      from row_told m join run r on r.user_id = m.user_id and r.n = m.run_n
     where r.source in ('coinbase-api', 'coinbase-history')
       and m.account_id in (select account_id from told_by_both)
    window same as (partition by m.account_id, m.coin, m.quantity order by m.at, m.key)),
at_once as (
    select *, count(*) filter (where apart) over (
           partition by account_id, coin, quantity order by at, key
           rows between unbounded preceding and current row) as spot from of_both),
paired as (
    select *, row_number() over (
           partition by account_id, coin, quantity, spot, by_key order by at, key) as copy,
           count(*) filter (where by_key) over (
           partition by account_id, coin, quantity, spot) as by_keys from at_once),
entry as (
    select user_id, account_id, run_n, key, coin, kind, quantity, at, fee, reference
      from row_told m where m.account_id not in (select account_id from told_by_both)
        or not exists (
        select from run r where r.user_id = m.user_id and r.n = m.run_n
           and r.source in ('coinbase-api', 'coinbase-history'))
    union all
    select user_id, account_id, run_n, key, coin, kind, quantity, at, fee, reference
      from paired where by_key or copy > by_keys)
"""
"""Every movement of a user once: the newest reading of each id, and what no id repeats.

Coinbase names a transaction otherwise in its API than in its history (CSV). What both tell of the
same coin and quantity within a minute is one, as often as both tell it, and the API's counts.

What another import tells, too, may stand aside (`imports.overlaps.told_twice`).
"""


def movements(connection: Connection[Any], user_id: UserId) -> list[AccountMovement]:
    """Return every movement of the user once, oldest first."""
    rows = connection.execute(
        f"with {ENTRIES} select a.name, m.kind, m.coin, m.quantity, m.at"  # noqa: S608 - constant text
        " from entry m join account a on a.user_id = m.user_id and a.id = m.account_id",
        {"user": user_id},
    )
    found = [AccountMovement(*row) for row in rows]
    return sorted(found, key=lambda one: (one.at, one.account, one.coin, one.kind))


SPENT = """
select f.symbol, sum(case f.side when 'buy' then -1 else 1 end * f.quantity * f.price), max(f.at)
  from fill f join account a on a.user_id = f.user_id and a.id = f.account_id
 where f.user_id = %(user)s and a.name = %(account)s and f.at >= %(since)s and f.margin = ''
   and f.left_out is null
   and (%(until)s::timestamptz is null or f.at < %(until)s)
   and f.symbol in (select b.symbol from book b where b.user_id = f.user_id
       and b.account_id = f.account_id and right(b.symbol, %(length)s) = %(ending)s)
 group by f.symbol
"""


def spent(
    connection: Connection[Any],
    user_id: UserId,
    position: "OpenPosition",
    until: datetime | None = None,
) -> list[AccountMovement]:
    """Return what trades priced in a position's coin took of it since it was opened.

    Buying ETH-BTC spends BTC. What is at most a hundredth of the position is left out: it is what
    such trades lost, and nobody's exit.
    """
    coin = base_of(position.symbol)
    facts = {
        "user": user_id,
        "account": position.account,
        "since": position.since,
        "until": until,
        "ending": f"-{coin}",
        "length": len(coin) + 1,
    }
    return [
        AccountMovement(position.account, f"spent on {symbol}", coin, quantity, last)
        for symbol, quantity, last in connection.execute(SPENT, facts)
        if -quantity > multiply(position.quantity, LARGEST_SHARE)
    ]
