"""Taking an import back: a fill stays as long as any import that is not undone holds it."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from coach.engine.store.fills import COLUMNS, Shelf
from coach.model.fills import Symbol


@dataclass(frozen=True, slots=True)
class Taken:
    """What an undone run took along, what others kept, what came back, which books that touches."""

    removed: int
    kept: int
    restored: int
    symbols: tuple[Symbol, ...]


KEEP = """
update {table} f set run_n = (
    select min(r.n) from run r where r.user_id = f.user_id and r.account_id = f.account_id
       and r.state = 'done' and r.n <> f.run_n and r.seen @> f.n)
 where f.user_id = %(user)s and f.account_id = %(account)s and f.run_n = %(run)s
   and exists (select from run r where r.user_id = f.user_id and r.account_id = f.account_id
         and r.state = 'done' and r.n <> f.run_n and r.seen @> f.n)
"""

PROMOTE = """
with orphan as (
    select distinct on (v.stands_for) v.n, v.stands_for, v.key
      from fill_version v
     where v.user_id = %(user)s and v.account_id = %(account)s
       and not exists (select from fill f where f.user_id = v.user_id
             and f.account_id = v.account_id and f.key = v.stands_for)
     order by v.stands_for, v.rank desc, v.n desc),
moved as (
    delete from fill_version v using orphan o
     where v.user_id = %(user)s and v.n = o.n returning v.*),
placed as (
    insert into fill ({columns}, n) select {columns}, n from moved returning symbol),
turned as (
    update fill_version v set stands_for = o.key from orphan o
     where v.user_id = %(user)s and v.account_id = %(account)s
       and v.stands_for = o.stands_for and v.n <> o.n)
select symbol from placed
"""


def take_back(connection: Connection[Any], shelf: Shelf) -> Taken:
    """Remove the run's fills that no other run holds; bring back readings they had replaced."""
    facts = {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}
    kept = connection.execute(KEEP.format(table="fill"), facts).rowcount
    connection.execute(KEEP.format(table="fill_version"), facts)
    connection.execute(
        "delete from fill_version where user_id = %(user)s and account_id = %(account)s"
        " and run_n = %(run)s",
        facts,
    )
    gone = connection.execute(
        "with gone as (delete from fill where user_id = %(user)s and account_id = %(account)s"
        " and run_n = %(run)s returning symbol)"
        " select symbol, count(*) from gone group by symbol",
        facts,
    ).fetchall()
    back_fills = connection.execute(PROMOTE.format(columns=COLUMNS), facts).fetchall()
    symbols = {symbol for symbol, _ in gone} | {symbol for (symbol,) in back_fills}
    removed = sum(count for _, count in gone) - len(back_fills)
    return Taken(
        removed, kept, len(back_fills), tuple(sorted(Symbol(symbol) for symbol in symbols))
    )
