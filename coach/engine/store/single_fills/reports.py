"""What the imports reported of fills: each reading, which imports hold it, and which one counts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.keys import joined, rows_of
from coach.model.accounts import AccountId, UserId
from coach.model.bookkeeping.fill_reports import FillReport, ReportingImport
from coach.model.fills import Fill, FillKey

SAYS = """
f.symbol, f.side, f.quantity, f.price, f.fee, f.fee_currency, f.at, f.nanos, f.order_id,
f.native_id, f.line, f.margin
"""
REPORTS = f"""
select coalesce(f.place, f.key), f.place is null, f.n, o.family, f.rank, {SAYS}, array(
         select r.n from run r where r.user_id = f.user_id and r.account_id = f.account_id
            and r.state = 'done' and (r.n = f.run_n or r.seen @> f.n) order by r.n)
  from (
    select {{columns}}, null::bytea as place from fill f join {rows_of("key")} w on f.key = w.key
     where f.user_id = %(user)s and f.account_id = %(account)s
    union all
    select {{columns}}, f.stands_for from fill_version f join {rows_of("key")} w
        on f.stands_for = w.key
     where f.user_id = %(user)s and f.account_id = %(account)s) f
  join run o on o.user_id = f.user_id and o.n = f.run_n
 order by f.n
""".format(columns=f"f.user_id, f.account_id, f.key, f.run_n, f.n, f.rank, {SAYS}")  # noqa: S608 - constant names
IMPORTS = """
select n, id, source, label, coalesce(finished_at, started_at) from run
 where user_id = %s and account_id = %s and n = any(%s)
"""
FIND = """
select account_id, key from fill where user_id = %(user)s and key >= %(first)s and key <= %(last)s
union
select account_id, stands_for from fill_version
 where user_id = %(user)s and key >= %(first)s and key <= %(last)s
"""


class FillName(NamedTuple):
    """A stored fill: its account and its key."""

    account_id: AccountId
    key: FillKey


def find(connection: Connection[Any], user_id: UserId, first: bytes, last: bytes) -> list[FillName]:
    """Return the fills that stand under keys between two, or for readings with such keys."""
    rows = connection.execute(FIND, {"user": user_id, "first": first, "last": last}, binary=True)
    return [FillName._make(row) for row in rows]


def reports(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, keys: Sequence[FillKey]
) -> dict[FillKey, list[FillReport]]:
    """Return what was reported of each of these fills, in the order in which it came."""
    facts = {"user": user_id, "account": account_id, "key": joined(keys)}
    rows = connection.execute(REPORTS, facts, binary=True).fetchall()
    numbers = {n for row in rows for n in row[-1]}
    imports = _imports(connection, user_id, account_id, list(numbers))
    found: dict[FillKey, list[FillReport]] = {}
    for key, in_effect, n, family, rank, *says, runs in rows:
        held = tuple(imports[one] for one in runs)
        report = FillReport(n, family, rank, Fill._make(says), in_effect, held)
        found.setdefault(key, []).append(report)
    return found


def _imports(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, numbers: list[int]
) -> dict[int, ReportingImport]:
    rows = connection.execute(IMPORTS, [user_id, account_id, numbers])
    return {n: ReportingImport(run_id, source, label, at) for n, run_id, source, label, at in rows}
