"""The fills as a list: those that are held, in the order of time, a part of them at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.engine.store.single_fills.reports import SAYS
from coach.model.accounts import AccountId, UserId
from coach.model.bookkeeping.fill_reports import StoredFillRow
from coach.model.fills import Fill, FillKey

PLACE = "f.at, f.nanos, f.turn, f.key"
AFTER = """from fill f where f.user_id = %(user)s and f.key = %(after)s
 and f.account_id = %(after_account)s"""
LIST = f"""
select f.key, a.name, {SAYS}, r.source, r.id, true,
       exists (select from fill_version v where v.user_id = f.user_id
           and v.account_id = f.account_id and v.stands_for = f.key and v.key = f.key),
       f.left_out is not null, coalesce(l.reason, '')
  from fill f join account a on a.user_id = f.user_id and a.id = f.account_id
  join run r on r.user_id = f.user_id and r.n = f.run_n
  left join left_out l on l.user_id = f.user_id and l.n = f.left_out
 where f.user_id = %(user)s and {{wanted}}
 order by f.at {{way}}, f.nanos {{way}}, f.turn {{way}}, f.key {{way}} limit %(limit)s
"""  # noqa: S608 - constant names
PAGE = f"""
with recursive record as (
    (select f.account_id, f.symbol from fill f where f.user_id = %(user)s
      order by f.account_id, f.symbol limit 1)
    union all
    select n.account_id, n.symbol from record b cross join lateral (
        select f.account_id, f.symbol from fill f where f.user_id = %(user)s
           and (f.account_id, f.symbol) > (b.account_id, b.symbol)
         order by f.account_id, f.symbol limit 1) n),
page as (
    select p.* from record b cross join lateral (
        select f.account_id, {PLACE} from fill f
         where f.user_id = %(user)s and f.account_id = b.account_id and f.symbol = b.symbol
           and {{wanted}}
         order by f.at {{way}}, f.nanos {{way}}, f.turn {{way}}, f.key {{way}} limit %(limit)s) p
     order by at {{way}}, nanos {{way}}, turn {{way}}, key {{way}} limit %(limit)s)
{LIST.format(wanted="(f.account_id, f.key) in (select account_id, key from page)", way="{way}")}
"""  # noqa: S608 - constant names
"""A page of the list, from the ends of all books: their index has the order of time in each."""
CONDITIONS = {
    "account": "f.account_id = %(account)s",
    "symbol": "f.symbol = %(symbol)s",
    "since": "f.at >= %(since)s",
    "until": "f.at < %(until)s",
    "left_out": "(f.left_out is not null) = %(left_out)s",
    "keys": "f.key = any(%(keys)s)",
    "after": f"f.at >= (select f.at {AFTER}) and ({PLACE}) > (select {PLACE} {AFTER})",
}


@dataclass(frozen=True, slots=True)
class FillSearch:
    """Which fills: all parts hold at once, and one that is None holds of every fill.

    The fills after the one of key `after` in account `after_account`, at most `limit`; with
    `newest` the last ones of all instead.
    """

    account: AccountId | None = None
    symbol: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    left_out: bool | None = None
    keys: Collection[FillKey] | None = None
    after: FillKey | None = None
    after_account: AccountId | None = None
    limit: int | None = None
    newest: bool = False


def fills(
    connection: Connection[Any], user_id: UserId, wanted: FillSearch
) -> Sequence[StoredFillRow]:
    """Return the fills that are wanted, oldest first."""
    facts = {name: getattr(wanted, name) for name in (*CONDITIONS, "after_account", "limit")}
    chosen = [text for name, text in CONDITIONS.items() if facts[name] is not None]
    if wanted.keys is not None:
        facts["keys"] = list(wanted.keys)
    in_pages = wanted.limit is not None and wanted.keys is None
    query = (PAGE if in_pages else LIST).format(
        wanted=" and ".join(chosen) or "true", way="desc" if wanted.newest else "asc"
    )
    rows = connection.execute(query, {**facts, "user": user_id}, binary=True).fetchall()
    found = [_row(row) for row in rows]
    return found[::-1] if wanted.newest else found


def _row(row: tuple[Any, ...]) -> StoredFillRow:
    key, account, *says = row[:-6]
    return StoredFillRow(key, account, Fill._make(says), *row[-6:])
