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
CONDITIONS = {
    "account": "f.account_id = %(account)s",
    "symbol": "f.symbol = %(symbol)s",
    "since": "f.at >= %(since)s",
    "until": "f.at < %(until)s",
    "left_out": "(f.left_out is not null) = %(left_out)s",
    "keys": "f.key = any(%(keys)s)",
    "after": f"({PLACE}) > (select {PLACE} from fill f where f.user_id = %(user)s"  # noqa: S608 - constant
    " and f.key = %(after)s and f.account_id = %(after_account)s)",
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
    query = LIST.format(
        wanted=" and ".join(chosen) or "true", way="desc" if wanted.newest else "asc"
    )
    rows = connection.execute(query, {**facts, "user": user_id}, binary=True).fetchall()
    found = [_row(row) for row in rows]
    return found[::-1] if wanted.newest else found


def _row(row: tuple[Any, ...]) -> StoredFillRow:
    key, account, *says = row[:-6]
    return StoredFillRow(key, account, Fill._make(says), *row[-6:])
