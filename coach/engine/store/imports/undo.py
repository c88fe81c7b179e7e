"""Taking an import back: a fill stays as long as any import that is not undone holds it."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from coach.engine.ledger.identity import PREFIX
from coach.engine.store.entries import balance_readings
from coach.engine.store.fills import COLUMNS, RunTarget
from coach.engine.store.imports import row_order
from coach.engine.store.imports.twins import BEST
from coach.model.fills import FillKey, Symbol


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """What an undone run took along, what others kept, what came back, which books that touches.

    `keys` has the keys of readings that came back by the keys of those that had replaced them.
    """

    removed: int
    kept: int
    restored: int
    symbols: tuple[Symbol, ...]
    keys: dict[FillKey, FillKey]


KEEP = """
update {table} f set run_n = (
    select min(r.n) from run r where r.user_id = f.user_id and r.account_id = f.account_id
       and r.state = 'done' and r.n <> f.run_n and r.seen @> f.n)
 where f.user_id = %(user)s and f.account_id = %(account)s and f.run_n = %(run)s
   and exists (select from run r where r.user_id = f.user_id and r.account_id = f.account_id
         and r.state = 'done' and r.n <> f.run_n and r.seen @> f.n)
"""

IDS = """
with seen as materialized (
    select seen + '{{}}' as rows from run where user_id = %(user)s and n = %(run)s),
reading as (
    {readings})
select prefix from reading, seen
 group by prefix having count(*) > 1 and bool_or(run_n = %(run)s or rows @> n)
"""
READING = """
    select substring(key for {prefix}) as prefix, n, run_n from {table}
     where user_id = %(user)s and account_id = %(account)s and native_id <> ''"""
"""An id's readings share the beginning of their keys."""

ORPHANS = f"""
with latest as (
    select distinct on (v.stands_for, v.key) v.*
      from fill_version v
     where v.user_id = %(user)s and v.account_id = %(account)s
       and not exists (select from fill f where f.user_id = v.user_id
             and f.account_id = v.account_id and f.key = v.stands_for)
     order by v.stands_for, v.key, v.rank desc, v.n desc)
select distinct on (f.stands_for) f.n, f.key, f.stands_for, f.symbol
  from latest f join run r on r.user_id = f.user_id and r.n = f.run_n
 order by f.stands_for, {BEST}
"""  # noqa: S608 - constant text
PLACE = f"""
with moved as (
    delete from fill_version v using unnest(%(rows)s::bigint[]) as orphan (n)
     where v.user_id = %(user)s and v.n = orphan.n returning v.*)
insert into fill ({COLUMNS}, n) select {COLUMNS}, n from moved
"""  # noqa: S608 - constant names
TURN = """
update fill_version v set stands_for = orphan.key
  from unnest(%(gone)s::bytea[], %(keys)s::bytea[]) as orphan (gone, key)
 where v.user_id = %(user)s and v.account_id = %(account)s and v.stands_for = orphan.gone
"""


def ids_held(connection: Connection[Any], shelf: RunTarget) -> list[bytes]:
    """Return the beginnings of the keys of ids with several readings of which the run holds one."""
    readings = " union all ".join(
        READING.format(table=table, prefix=PREFIX) for table in ("fill", "fill_version")
    )
    rows = connection.execute(IDS.format(readings=readings), _facts(shelf), binary=True)
    return [prefix for (prefix,) in rows]


def take_back(connection: Connection[Any], shelf: RunTarget) -> UndoneRun:
    """Remove the run's fills that no other run holds; bring back readings they had replaced.

    Its movements, stated balances and order of rows are removed too: each run keeps its own.
    """
    facts = _facts(shelf)
    reordered = row_order.forget(connection, shelf)
    kept = connection.execute(KEEP.format(table="fill"), facts).rowcount
    connection.execute(KEEP.format(table="fill_version"), facts)
    connection.execute(
        "delete from fill_version where user_id = %(user)s and account_id = %(account)s"
        " and run_n = %(run)s",
        facts,
    )
    balance_readings.before_undo(connection, shelf)
    for table in ("movement", "stated_balance", "balance_reading"):
        connection.execute(
            f"delete from {table} where user_id = %(user)s and account_id = %(account)s"  # noqa: S608 - a constant
            " and run_n = %(run)s",
            facts,
        )
    gone = connection.execute(
        "with gone as (delete from fill where user_id = %(user)s and account_id = %(account)s"
        " and run_n = %(run)s returning symbol)"
        " select symbol, count(*) from gone group by symbol",
        facts,
    ).fetchall()
    back = _bring_back(connection, facts)
    symbols = {symbol for symbol, _ in gone} | {symbol for *_, symbol in back} | reordered
    return UndoneRun(
        sum(count for _, count in gone) - len(back),
        kept,
        len(back),
        tuple(sorted(Symbol(symbol) for symbol in symbols)),
        {FillKey(replaced): FillKey(key) for _, key, replaced, _ in back},
    )


def _bring_back(
    connection: Connection[Any], facts: dict[str, object]
) -> list[tuple[int, bytes, bytes, str]]:
    """Let the best reading stand again of each fill that is gone; return what these are."""
    back = connection.execute(ORPHANS, facts, binary=True).fetchall()
    rows = {
        "rows": [n for n, *_ in back],
        "keys": [key for _, key, *_ in back],
        "gone": [gone for _, _, gone, _ in back],
    }
    connection.execute(PLACE, {**facts, **rows})
    connection.execute(TURN, {**facts, **rows})
    return back


def _facts(shelf: RunTarget) -> dict[str, object]:
    return {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}
