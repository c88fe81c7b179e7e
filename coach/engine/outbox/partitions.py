"""Months for events to be written to, made ahead.

There is no default partition: it would take the rows of a month nobody made, and then
forbid making it. A month is built beside the table and attached, which waits for no reader;
its bounds are written in UTC, whatever zone the session thinks in.
"""

from datetime import UTC, datetime

import psycopg
from psycopg import errors, sql

from coach.errors import DatabaseTrouble

LOCK = 4_037_120_002  # any number, the same in every coach
MONTHS_AHEAD = 3
MONTHS = 12
TRIES = 5

THERE = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'event_outbox'::regclass
"""
MAKE = """
create table {name} (like event_outbox including all);
alter table {name} add constraint month check (ts >= {first} and ts < {next});
alter table event_outbox attach partition {name} for values from ({first}) to ({next});
alter table {name} drop constraint month
"""


def ensure(
    connection: psycopg.Connection, now: datetime, months_ahead: int = MONTHS_AHEAD
) -> list[str]:
    """Make the month of `now` and those ahead where missing; return the names made.

    One query when nothing is missing. Not inside a transaction that has written events.
    """
    wanted = [_month(now, ahead) for ahead in range(months_ahead + 1)]
    if not _missing(connection, wanted):
        return []
    for attempt in range(TRIES):
        try:
            return _make(connection, wanted)
        except errors.LockNotAvailable as error:
            if attempt == TRIES - 1:
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
                    next=sql.Literal(_month(month, 1).isoformat()),
                )
            )
    return [_name(month) for month in missing]


def _missing(connection: psycopg.Connection, wanted: list[datetime]) -> list[datetime]:
    there = {name for (name,) in connection.execute(THERE).fetchall()}
    return [month for month in wanted if _name(month) not in there]


def _name(month: datetime) -> str:
    return f"event_outbox_{month:%Y_%m}"


def _month(moment: datetime, ahead: int) -> datetime:
    utc = moment.astimezone(UTC)
    months = utc.year * MONTHS + utc.month - 1 + ahead
    return datetime(months // MONTHS, months % MONTHS + 1, 1, tzinfo=UTC)
