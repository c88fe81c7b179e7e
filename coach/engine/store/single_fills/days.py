"""On which days there are fills of a symbol, and which import brought them."""

from datetime import date
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import AccountId, UserId
from coach.model.fills import Symbol

DAYS = """
select f.account_id, f.symbol, (f.at at time zone %(zone)s)::date as day, f.run_n, count(*),
       count(f.left_out)
  from fill f where f.user_id = %(user)s group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""

IMPORTED = """
select (select string_agg(concat_ws(' ', n, state, attempt, finished_at), ',' order by n)
          from run where user_id = %(user)s and account_id is not null),
       (select string_agg(concat_ws(' ', n, taken_back_at), ',' order by n)
          from left_out where user_id = %(user)s),
       (select count(*) from fill where user_id = %(user)s and left_out is not null)
"""


class DayOfFills(NamedTuple):
    """The fills of one symbol, day and import: how many, and how many of them are left out."""

    account_id: AccountId
    symbol: Symbol
    day: date
    run_n: int
    fills: int
    left_out: int


class NamedRun(NamedTuple):
    """An import as it is named."""

    run_id: str
    source: str
    label: str


def days(connection: Connection[Any], user_id: UserId, zone: str) -> list[DayOfFills]:
    """Return each day of a symbol with fills, in that zone, by the import that brought them."""
    rows = connection.execute(DAYS, {"user": user_id, "zone": zone}, binary=True)
    return [DayOfFills._make(row) for row in rows]


def imported(connection: Connection[Any], user_id: UserId) -> str:
    """Return what changes whenever a fill comes, goes, changes its import or is left out."""
    row = connection.execute(IMPORTED, {"user": user_id}).fetchone()
    return repr(row)


def run_names(connection: Connection[Any], user_id: UserId) -> dict[int, NamedRun]:
    """Return how each import of fills is named, by its number."""
    rows = connection.execute(
        "select n, id, source, label from run where user_id = %s and state = 'done'", [user_id]
    )
    return {n: NamedRun(*name) for n, *name in rows}
