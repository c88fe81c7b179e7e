"""Months for events to be written to, made ahead.

There is no default partition: it would take the rows of a month nobody made, and then
forbid making it. A month is built beside the table and attached, which waits for no reader;
its bounds are written in UTC, whatever zone the session thinks in.
"""

from datetime import UTC, datetime
from typing import Literal

import psycopg
from psycopg import errors, sql
from psycopg.rows import class_row

from coach.errors import DatabaseTrouble
from coach.values import dataclass

LOCK = 4_037_120_004  # any number, the same in every coach
MONTHS_AHEAD = 3
WELL_AHEAD = 2
"""Months; with fewer ahead something keeps coach from making them."""
MONTHS = 12
TRIES = 5

# The server reads its own bounds, so it does not matter how this session writes dates.
THERE = r"""
select name, bounds[1]::timestamptz as first, bounds[2]::timestamptz as next, leaving,
       events, size
  from (select c.relname as name, i.inhdetachpending as leaving,
               greatest(c.reltuples, 0)::bigint as events, pg_total_relation_size(c.oid) as size,
               regexp_match(pg_get_expr(c.relpartbound, c.oid),
                            $$FROM \('([^']+)'\) TO \('([^']+)'\)$$) as bounds
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'event_outbox'::regclass) as month
 order by first
"""
MAKE = """
create table {name} (like event_outbox including all);
alter table {name} add constraint month check (ts >= {first} and ts < {next});
alter table event_outbox attach partition {name} for values from ({first}) to ({next});
alter table {name} drop constraint month
"""


MonthHealth = Literal["ok", "degraded", "failing"]


@dataclass(frozen=True, slots=True)
class MonthOfEvents:
    """A month for events: from `first` to before `next`, in UTC.

    `events` is the server's own estimate of rows, `size` is in bytes with indexes. `leaving` says
    that the month is being taken out.
    """

    name: str
    first: datetime
    next: datetime
    events: int
    size: int
    leaving: bool


def months(connection: psycopg.Connection) -> list[MonthOfEvents]:
    """Return the months that are there, oldest first."""
    with connection.cursor(row_factory=class_row(MonthOfEvents)) as cursor:
        return cursor.execute(THERE).fetchall()


def months_ahead(there: list[MonthOfEvents], now: datetime) -> int:
    """Return how many whole months after that of `now` stand open, without a gap; -1: not it."""
    open_from = {month.first for month in there if not month.leaving}
    ahead = 0
    while month_of(now, ahead) in open_from:
        ahead += 1
    return ahead - 1


def month_health(ahead: int) -> MonthHealth:
    """Return what so many months ahead are worth: fewer than two degrade, none ahead fails."""
    if ahead < 1:
        return "failing"
    return "degraded" if ahead < WELL_AHEAD else "ok"


def describe_months(ahead: int) -> str:
    """Return a sentence about months that are not well ahead."""
    if ahead < 0:
        return "there is no month for the events of today"
    return f"months for events are made up to {ahead} ahead"


def refuse_without_months(connection: psycopg.Connection, now: datetime) -> None:
    """Raise DatabaseTrouble where less than a month lies ahead: whoever serves does not begin.

    At the end of this month every change with an event would fail.
    """
    ahead = months_ahead(months(connection), now)
    if month_health(ahead) == "failing":
        raise DatabaseTrouble(what=describe_months(ahead), remedy="open_months")


def overdue(there: list[MonthOfEvents], now: datetime, keep_months: int) -> list[MonthOfEvents]:
    """Return the months that ended `keep_months` months before that of `now`, or are leaving."""
    oldest = month_of(now, -keep_months)
    return [month for month in there if month.leaving or month.next <= oldest]


def ensure(
    connection: psycopg.Connection,
    now: datetime,
    months_ahead: int = MONTHS_AHEAD,
    tries: int = TRIES,
) -> list[str]:
    """Make the month of `now` and those ahead where missing; return the names made.

    One query when nothing is missing. DatabaseTrouble where the events stay locked through so many
    tries of two seconds. Not inside a transaction that has written events.
    """
    wanted = [month_of(now, ahead) for ahead in range(months_ahead + 1)]
    if not _missing(connection, wanted):
        return []
    for attempt in range(tries):
        try:
            return _make(connection, wanted)
        except errors.LockNotAvailable as error:
            if attempt == tries - 1:
                raise DatabaseTrouble(
                    what="the months ahead could not be made: the events are locked",
                    remedy="release_events",
                ) from error
    raise AssertionError


def _make(connection: psycopg.Connection, wanted: list[datetime]) -> list[str]:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute("set local lock_timeout = '2s'")
        missing = _missing(connection, wanted)
        for month in missing:
            connection.execute(
                sql.SQL(MAKE).format(
                    name=sql.Identifier(_name(month)),
                    first=sql.Literal(month.isoformat()),
                    next=sql.Literal(month_of(month, 1).isoformat()),
                )
            )
    return [_name(month) for month in missing]


def _missing(connection: psycopg.Connection, wanted: list[datetime]) -> list[datetime]:
    there = {month.first for month in months(connection)}
    return [month for month in wanted if month not in there]


def _name(month: datetime) -> str:
    return f"event_outbox_{month:%Y_%m}"


def month_of(moment: datetime, ahead: int = 0) -> datetime:
    """Return the beginning of the month of `moment` in UTC, or of one so many months ahead."""
    utc = moment.astimezone(UTC)
    months = utc.year * MONTHS + utc.month - 1 + ahead
    return datetime(months // MONTHS, months % MONTHS + 1, 1, tzinfo=UTC)
