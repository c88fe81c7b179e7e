"""Which weeks of candles are kept, under which name, and what refers to them.

The bars themselves are objects named by their content; a row here says which object is the newest
for a week. Who puts an object and then commits the row that names it is within `objects_kept` all
the while; who deletes is within `only_deleter`, and so never sees an object between the two.

These locks belong to the session and not to a transaction: none is open while objects travel.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.pq import TransactionStatus

from coach.engine.store import conclusions
from coach.model.accounts import UserId
from coach.model.candles import CandleWeek, CandleWindow, Granularity, Series, weeks_in
from coach.model.fills import Symbol

OBJECTS = 4_037_120_002  # any number, the same in every coach

COLUMNS: LiteralString = (
    "symbol, granularity_s, source, week, sha256, bars, first_at, last_at, stored_at, complete"
)


@contextmanager
def objects_kept(connection: Connection[Any]) -> Iterator[None]:
    """Let nobody delete an object until the block ends.

    Within a transaction, where objects are read that are at hand, until the transaction ends.
    """
    if in_transaction(connection):
        connection.execute("select pg_advisory_xact_lock_shared(%s)", [OBJECTS])
        yield
        return
    connection.execute("select pg_advisory_lock_shared(%s)", [OBJECTS])
    try:
        yield
    finally:
        _unlock(connection, "select pg_advisory_unlock_shared(%s)", OBJECTS)


@contextmanager
def only_deleter(connection: Connection[Any]) -> Iterator[bool]:
    """Let nobody read or write objects until the block ends; yield False where somebody does."""
    row = connection.execute("select pg_try_advisory_lock(%s)", [OBJECTS]).fetchone()
    alone = row is not None and bool(row[0])
    try:
        yield alone
    finally:
        if alone:
            _unlock(connection, "select pg_advisory_unlock(%s)", OBJECTS)


@contextmanager
def only_writer(connection: Connection[Any], user_id: UserId, series: Series) -> Iterator[None]:
    """Let nobody else write these bars until the block ends."""
    name = f"candles|{user_id}|{series.symbol}|{series.granularity}|{series.source}"
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        _unlock(connection, "select pg_advisory_unlock(hashtextextended(%s, 0))", name)


def in_transaction(connection: Connection[Any]) -> bool:
    """Say whether a transaction is open here."""
    return connection.info.transaction_status != TransactionStatus.IDLE


def _unlock(connection: Connection[Any], statement: LiteralString, lock: object) -> None:
    # A connection that is gone holds no lock any more.
    if not connection.closed and not in_transaction(connection):
        connection.execute(statement, [lock])


def keep_weeks(connection: Connection[Any], user_id: UserId, found: Collection[CandleWeek]) -> None:
    """Make these the newest snapshots of their weeks, and note that nothing was concluded yet."""
    if not found:
        return
    connection.cursor().executemany(
        "insert into candle_week (user_id, symbol, granularity_s, source, week, sha256, bars,"
        " first_at, last_at, stored_at, complete)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_id, symbol, granularity_s, source, week) do update set"
        " sha256 = excluded.sha256, bars = excluded.bars, first_at = excluded.first_at,"
        " last_at = excluded.last_at, stored_at = excluded.stored_at,"
        " complete = excluded.complete",
        [
            (
                user_id,
                *week.series,
                week.week,
                week.sha256,
                week.bars,
                week.first_at,
                week.last_at,
                week.stored_at,
                week.complete,
            )
            for week in found
        ],
    )
    conclusions.note_change(connection, user_id)


def weeks(
    connection: Connection[Any],
    user_id: UserId,
    symbol: Symbol | None = None,
    window: CandleWindow | None = None,
) -> list[CandleWeek]:
    """Return what is kept: the weeks of a window, or all; by symbol, granularity, source, week."""
    mondays = None if window is None else weeks_in(window)
    rows = connection.execute(
        f"select {COLUMNS} from candle_week where user_id = %s"  # noqa: S608 -- constant names
        " and (%s::text is null or symbol = %s) and (%s::date[] is null or week = any(%s))"
        " order by symbol, granularity_s, source, week",
        [user_id, symbol, symbol, mondays, mondays],
    )
    return [_week(row) for row in rows]


def symbols(connection: Connection[Any], user_id: UserId) -> set[Symbol]:
    """Return the symbols of which any bar is kept."""
    rows = connection.execute(
        "select distinct symbol from candle_week where user_id = %s", [user_id]
    )
    return {Symbol(symbol) for (symbol,) in rows}


def lengths(connection: Connection[Any], user_id: UserId, symbol: Symbol) -> list[Granularity]:
    """Return the lengths of bar that are kept of a symbol."""
    rows = connection.execute(
        "select distinct granularity_s from candle_week where user_id = %s and symbol = %s",
        [user_id, symbol],
    )
    return [Granularity(seconds) for (seconds,) in rows]


def any_kept(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether any week of candles is kept for the user."""
    row = connection.execute(
        "select exists (select from candle_week where user_id = %s)", [user_id]
    ).fetchone()
    return bool(row and row[0])


def weeks_of(
    connection: Connection[Any], user_id: UserId, series: Series, window: CandleWindow
) -> list[CandleWeek]:
    """Return the weeks of one series that a window touches, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from candle_week where user_id = %s and symbol = %s"  # noqa: S608 -- constant names
        " and granularity_s = %s and source = %s and week = any(%s) order by week",
        [user_id, *series, weeks_in(window)],
    )
    return [_week(row) for row in rows]


def forget(connection: Connection[Any], user_id: UserId, series: Series) -> int:
    """Forget a series and return how many weeks it had; what is used stays readable by name."""
    gone = connection.execute(
        "delete from candle_week where user_id = %s and symbol = %s"
        " and granularity_s = %s and source = %s",
        [user_id, *series],
    ).rowcount
    if gone:
        conclusions.note_change(connection, user_id)
    return gone


def note_use(
    connection: Connection[Any], user_id: UserId, names: Iterable[str], used_by: str
) -> None:
    """Note that `digest:2026-W14` or `finding:<evidence id>` rests on these objects."""
    connection.execute(
        "insert into candle_use (user_id, sha256, used_by)"
        " select distinct %s, name, %s from unnest(%s::text[]) as name on conflict do nothing",
        [user_id, used_by, list(names)],
    )


def uses(connection: Connection[Any], user_id: UserId, used_by: str) -> tuple[str, ...]:
    """Return the names of the objects that something rests on."""
    rows = connection.execute(
        "select sha256 from candle_use where user_id = %s and used_by = %s order by sha256",
        [user_id, used_by],
    )
    return tuple(name for (name,) in rows)


def referred(connection: Connection[Any], user_id: UserId) -> list[str]:
    """Return the names of the objects that a week or a use of a user refers to."""
    rows = connection.execute(
        "select sha256 from candle_week where user_id = %(user)s"
        " union select sha256 from candle_use where user_id = %(user)s order by 1",
        {"user": user_id},
    )
    return [str(name) for (name,) in rows]


def referred_by_nobody_else(connection: Connection[Any], user_id: UserId) -> list[str]:
    """Return the names of the objects that weeks and uses of a user refer to, and nobody else's."""
    rows = connection.execute(
        "select name from unnest(%(names)s::text[]) as name where not exists"
        " (select from candle_week where sha256 = name and user_id <> %(user)s) and not exists"
        " (select from candle_use where sha256 = name and user_id <> %(user)s) order by 1",
        {"names": referred(connection, user_id), "user": user_id},
    )
    return [str(name) for (name,) in rows]


def unreferenced(connection: Connection[Any], names: Collection[str]) -> set[str]:
    """Return those of these objects that no week and no use of any user refers to."""
    rows = connection.execute(
        "select name from unnest(%s::text[]) as name"
        " where not exists (select from candle_week where sha256 = name)"
        " and not exists (select from candle_use where sha256 = name)",
        [list(names)],
    )
    return {name for (name,) in rows}


def installation(connection: Connection[Any]) -> UUID:
    """Return the id of this database's data; a copy restored elsewhere has the same."""
    row = connection.execute("select id from installation").fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def _week(row: Sequence[Any]) -> CandleWeek:
    symbol, granularity, source, *rest = row
    return CandleWeek(Series(Symbol(symbol), Granularity(granularity), source), *rest)
