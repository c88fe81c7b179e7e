"""For whom the work of a period would find anything to do.

It is asked every minute, so a question is asked once for all users.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import RunId, UserId
from coach.model.fills import Symbol

TRADED = """
select id from unnest(%s::text[], %s::timestamptz[]) as asked (id, until)
 where exists (select from fill f where f.user_id = asked.id and f.at < asked.until
                  and f.left_out is null)
"""
AUTOMATIC = """
select distinct asked.id from unnest(%s::text[], %s::text[]) as asked (id, week)
  join calibration c on c.user_id = asked.id and c.auto and coalesce(c.week, '') <> asked.week
  join rule r on r.user_id = c.user_id and r.id = c.rule_id and r.active
   and (r.expires_at is null or r.expires_at > %s)
"""
NEWEST_CHANGE = """
select max(coalesce(finished_at, started_at)) from run
 where user_id = %s and kind = 'import.trades' and state in ('done', 'undone')
"""
CONNECTED = """
select distinct c.user_id from connection c where exists (
    select from fill f where f.user_id = c.user_id and f.account_id = c.account_id)
"""
SYMBOLS = """
select distinct f.symbol from fill f join connection c
    on c.user_id = f.user_id and c.account_id = f.account_id
 where f.user_id = %s order by 1
"""
ASKED_FOR = """
select run.user_id, run.id from unnest(%s::text[], %s::text[]) as wanted (user_id, id)
  join run using (user_id, id)
"""
WAITING = """
select user_id, bool_or(locked), bool_or(daily) from (
    select user_id, true as locked, false as daily from rule_waiting
    union all select user_id, true, false from setting_waiting
    union all select user_id, false, true from experiment where state = 'running'
    union all select user_id, false, true from dek
     where (state = 'active' and (created_at <= %s or finished_at is null))
        or (state = 'retiring' and retired_at <= %s)) as one
 group by user_id
"""


class WaitingUser(NamedTuple):
    """What waits for the time to pass: changes that locks hold back, and what is seen to daily."""

    locked: bool
    daily: bool


def who_traded_before(
    connection: Connection[Any], moments: Mapping[UserId, datetime]
) -> set[UserId]:
    """Return which of these users had traded by the moment of each."""
    return _users(connection, TRADED, [*moments], [*moments.values()])


def newest_import(connection: Connection[Any], user_id: UserId) -> datetime | None:
    """Return when an import of the user's was last done or taken back."""
    row = connection.execute(NEWEST_CHANGE, [user_id]).fetchone()
    found: datetime | None = row and row[0]
    return found


def who_has_automatic_rules(
    connection: Connection[Any], now: datetime, weeks: Mapping[UserId, str]
) -> set[UserId]:
    """Return who has a rule in force that may move by itself and was not calibrated in the week."""
    return _users(connection, AUTOMATIC, [*weeks], [*weeks.values()], now)


def who_traded_connected(connection: Connection[Any]) -> set[UserId]:
    """Return who has traded in an account that a broker is connected to."""
    return _users(connection, CONNECTED)


def any_candles(connection: Connection[Any]) -> bool:
    """Say whether candles of anybody are kept."""
    row = connection.execute("select exists (select from candle_week)").fetchone()
    return row is not None and bool(row[0])


def connected_symbols(connection: Connection[Any], user_id: UserId) -> list[Symbol]:
    """Return the symbols that were traded in accounts that a broker is connected to, by name."""
    return [Symbol(symbol) for (symbol,) in connection.execute(SYMBOLS, [user_id])]


def waiting_users(
    connection: Connection[Any], keys_made_before: datetime, keys_retired_before: datetime
) -> dict[UserId, WaitingUser]:
    """Return for whom something waits: changes behind locks, experiments, keys to be replaced."""
    rows = connection.execute(WAITING, [keys_made_before, keys_retired_before])
    return {UserId(user_id): WaitingUser(*waits) for user_id, *waits in rows}


def asked_for(
    connection: Connection[Any], wanted: Sequence[tuple[UserId, RunId]]
) -> set[tuple[UserId, RunId]]:
    """Return which of these runs there are, whatever has become of them."""
    columns = [[user_id for user_id, _ in wanted], [run_id for _, run_id in wanted]]
    rows = connection.execute(ASKED_FOR, columns)
    return {(UserId(user_id), RunId(run_id)) for user_id, run_id in rows}


def _users(connection: Connection[Any], question: str, *values: object) -> set[UserId]:
    return {UserId(user_id) for (user_id,) in connection.execute(question, values)}
