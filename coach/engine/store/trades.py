"""The round trips and positions that the ledger derived, kept so that every surface reads the same.

They follow from the fills alone and are made anew for each book that an import touches.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from sys import intern
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from coach.engine.store import partial_closes
from coach.engine.store.copying import copy_in, copy_text
from coach.engine.store.keys import apart, together
from coach.model.accounts import AccountId, UserId
from coach.model.fills import Symbol
from coach.model.times import iso_text
from coach.model.trades import NO_FEES, Position, RoundTrip, TradeId, Trip, UnknownBasis
from coach.values import dataclass

BYTES_A_WRITE = 1 << 17
ROWS_A_FETCH = 10_000
TRADE_COLUMNS = (
    "user_id, account_id, id, symbol, side, opened_at, closed_at, quantity, entry, exit, gross,"
    " fees, net, fills, entry_quantity, entry_notional, entry_fills, exit_fills, other_fees,"
    " partial_closes"
)


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which round trips: closed in [since, until), of one symbol, in one account, or all."""

    since: datetime | None = None
    until: datetime | None = None
    symbol: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class BookPosition:
    """A position and the account whose book it is."""

    account: str
    position: Position


def forget(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, symbols: Sequence[Symbol]
) -> None:
    """Drop what was derived for these books."""
    for table in ("trade", "book", "book_hash", "unknown_basis"):
        connection.execute(
            f"delete from {table} where user_id = %s and account_id = %s and symbol = any(%s)",  # noqa: S608 - constant names
            [user_id, account_id, list(symbols)],
        )


def any_of(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether the user has a trade."""
    row = connection.execute("select from trade where user_id = %s limit 1", [user_id]).fetchone()
    return row is not None


class TradeLines:
    """Round trips as COPY takes them: text is a tenth of the memory of the trips themselves."""

    def __init__(self, user_id: UserId) -> None:
        self.text = BytesIO()
        self._user_id = copy_text(user_id)

    def write(self, t: RoundTrip) -> None:
        """Add a round trip; `!s` writes a Decimal in a third of the time of a bare field."""
        closed = "\\N" if t.closed_at is None else iso_text(t.closed_at)
        left = "\\N" if t.exit is None else str(t.exit)
        other = copy_text(_as_json(t.other_fees)) if t.other_fees else "{}"
        line = (
            f"{self._user_id}\t{t.account_id}\t{t.id}\t{copy_text(t.symbol)}\t{t.side}"
            f"\t{iso_text(t.opened_at)}\t{closed}\t{t.quantity!s}\t{t.entry!s}\t{left}\t{t.gross!s}"
            f"\t{t.fees!s}\t{t.net!s}\t{t.fills}\t{t.entry_quantity!s}\t{t.entry_notional!s}"
            f"\t\\{together(t.entry_fills)}\t\\{together(t.exit_fills)}\t{other}"
            f"\t{partial_closes.as_text(t.partial_closes)}\n"
        )
        self.text.write(line.encode())


def add(connection: Connection[Any], lines: TradeLines) -> None:
    """Copy round trips in."""
    lines.text.seek(0)
    with copy_in(connection, "trade", TRADE_COLUMNS) as copy:
        while block := lines.text.read(BYTES_A_WRITE):
            copy.write(block)


def _as_json(amounts: dict[str, Decimal]) -> str:
    return json.dumps({coin: str(fee) for coin, fee in sorted(amounts.items())})


def add_positions(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    positions: Sequence[Position],
) -> None:
    """Keep a book's position by each method."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into book (user_id, account_id, symbol, method, quote, gross, fees, net,"
            " open_quantity, open_cost, other_fees, margin)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                [
                    user_id,
                    account_id,
                    p.symbol,
                    p.method,
                    p.quote,
                    p.gross,
                    p.fees,
                    p.net,
                    p.open_quantity,
                    p.open_cost,
                    Jsonb({coin: str(fee) for coin, fee in p.other_fees.items()}),
                    p.margin,
                ]
                for p in positions
            ],
        )


def add_unknown(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    unknown: Sequence[UnknownBasis],
) -> None:
    """Keep what a book could not match."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into unknown_basis (user_id, account_id, key, symbol, side, at, quantity,"
            " proceeds, fee, rounding) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                [
                    user_id,
                    account_id,
                    u.key,
                    u.symbol,
                    u.side,
                    u.at,
                    u.quantity,
                    u.proceeds,
                    u.fee,
                    u.rounding,
                ]
                for u in unknown
            ],
        )


TRIP = """
select id, symbol, side,
       (extract(epoch from opened_at) * 1000000)::bigint,
       (extract(epoch from closed_at) * 1000000)::bigint,
       gross, fees, net, quantity, entry_notional, entry_fills, exit_fills, partial_closes,
       nullif(other_fees, '{}')
  from trade
"""
TRIPS = f"""{TRIP}
 where user_id = %(user)s and (account_id, symbol) not in (
       select %(but_account)s::bigint, unnest(%(but)s::text[]))
   and id <> all(%(but_ids)s::text[])
"""


def trips(
    connection: Connection[Any],
    user_id: UserId,
    but_account: AccountId | None = None,
    but_symbols: Sequence[Symbol] = (),
    but_ids: Sequence[TradeId] = (),
) -> Iterator[Trip]:
    """Yield every round trip of the user but those of these books and ids; streams.

    Open ones are among them.
    """
    facts = {
        "user": user_id,
        "but_account": but_account,
        "but": list(but_symbols),
        "but_ids": list(but_ids),
    }
    with connection.cursor(name="trips", binary=True) as cursor:
        cursor.execute(TRIPS, facts)
        while rows := cursor.fetchmany(ROWS_A_FETCH):
            for row in rows:
                yield as_trip(row)


def as_trip(row: Sequence[Any]) -> Trip:
    """Return the columns of a trade from a row of `TRIPS`."""
    name, symbol, side, *numbers, entry, left, parts, others = row
    words = (name, intern(symbol), intern(symbol.rpartition("-")[2]), intern(side))
    closes = partial_closes.as_read(parts) if parts else ()
    fees = _amounts(others) if others else NO_FEES
    return Trip._make((*words, *numbers, apart(entry), apart(left), closes, fees))


TRIP_COLUMNS = (
    "id, account_id, symbol, side, opened_at, closed_at, quantity, entry, exit, gross, fees, net,"
    " fills, entry_quantity, entry_notional, entry_fills, exit_fills, other_fees, partial_closes"
)
CLOSED = f"""
select {TRIP_COLUMNS} from trade
 where user_id = %(user)s and closed_at is not null
   and (%(since)s::timestamptz is null or closed_at >= %(since)s)
   and (%(until)s::timestamptz is null or closed_at < %(until)s)
   and (%(symbol)s::text is null or symbol = %(symbol)s)
   and (%(account)s::text is null or account_id in (
        select a.id from account a where a.user_id = %(user)s and a.name = %(account)s))
 order by closed_at, id collate "C"
"""  # noqa: S608 - constant names
OPEN = f"""
select {TRIP_COLUMNS} from trade
 where user_id = %(user)s and closed_at is null
   and (%(symbol)s::text is null or symbol = %(symbol)s)
   and (%(account)s::text is null or account_id in (
        select a.id from account a where a.user_id = %(user)s and a.name = %(account)s))
 order by opened_at, id collate "C"
"""  # noqa: S608 - constant names
TOUCHING = f"""
select {TRIP_COLUMNS} from trade
 where user_id = %(user)s and opened_at < %(until)s
   and (opened_at >= %(since)s or closed_at >= %(since)s
        or closed_at is null and partial_closes is not null)
 order by opened_at, id collate "C"
"""  # noqa: S608 - constant names


def round_trips(
    connection: Connection[Any], user_id: UserId, wanted: TradeFilter
) -> Iterator[RoundTrip]:
    """Yield the closed round trips, oldest first."""
    return _trips(connection, CLOSED, {"user": user_id, **asdict(wanted)})


def open_trips(
    connection: Connection[Any], user_id: UserId, symbol: str | None, account: str | None
) -> Iterator[RoundTrip]:
    """Yield the round trips that are open, by when they were opened."""
    return _trips(connection, OPEN, {"user": user_id, "symbol": symbol, "account": account})


def touching(
    connection: Connection[Any], user_id: UserId, since: datetime, until: datetime
) -> Iterator[RoundTrip]:
    """Yield the round trips that anything happened to in [since, until), oldest first.

    Others may be among them: those that are open and were partly closed at any time, and those
    closed later.
    """
    return _trips(connection, TOUCHING, {"user": user_id, "since": since, "until": until})


NAMED = f"""
select {TRIP_COLUMNS} from trade
 where user_id = %(user)s and starts_with(id, %(beginning)s) order by id collate "C" limit 2
"""  # noqa: S608 - constant names
LISTED = f"""
select {TRIP_COLUMNS} from trade
 where user_id = %(user)s and id = any(%(ids)s) order by opened_at, id collate "C"
"""  # noqa: S608 - constant names


def named(connection: Connection[Any], user_id: UserId, beginning: str) -> list[RoundTrip]:
    """Return the round trips whose ids begin so: none, the one, or two to show that several do."""
    return list(_trips(connection, NAMED, {"user": user_id, "beginning": beginning}))


def listed(
    connection: Connection[Any], user_id: UserId, ids: Sequence[TradeId]
) -> Iterator[RoundTrip]:
    """Yield the round trips of these ids, oldest first."""
    return _trips(connection, LISTED, {"user": user_id, "ids": list(ids)})


def newest_entry(connection: Connection[Any], user_id: UserId, before: datetime) -> datetime | None:
    """Return when the newest round trip before that moment was opened."""
    row = connection.execute(
        "select max(opened_at) from trade where user_id = %s and opened_at < %s",
        [user_id, before],
    ).fetchone()
    found: datetime | None = row and row[0]
    return found


def _trips(
    connection: Connection[Any], query: str, facts: dict[str, object]
) -> Iterator[RoundTrip]:
    with connection.cursor(binary=True) as cursor:
        for row in cursor.execute(query, facts):
            closes = partial_closes.as_read(row[18])
            values = [*row[:15], apart(row[15]), apart(row[16]), _amounts(row[17]), closes]
            yield RoundTrip(*values)


def _amounts(stored: dict[str, str]) -> dict[str, Decimal]:
    return {coin: Decimal(fee) for coin, fee in stored.items()}


def positions(connection: Connection[Any], user_id: UserId, method: str) -> list[BookPosition]:
    """Return every book's position by the method, by symbol and account."""
    rows = connection.execute(
        "select a.name, b.symbol, b.quote, b.method, b.gross, b.fees, b.net, b.open_quantity,"
        " b.open_cost, b.margin, b.other_fees from book b"
        " join account a on a.user_id = b.user_id and a.id = b.account_id"
        " where b.user_id = %s and b.method = %s"
        ' order by b.symbol collate "C", a.name collate "C", b.margin',
        [user_id, method],
    )
    return [
        BookPosition(account, Position(*[*row, _amounts(other), margin]))
        for account, *row, margin, other in rows
    ]


def stale_books(connection: Connection[Any], user_id: UserId) -> dict[AccountId, list[Symbol]]:
    """Return the books, by account, that were matched by an earlier coach and are to be anew."""
    rows = connection.execute(
        "select account_id, array_agg(distinct symbol order by symbol) from book"
        " where user_id = %s and stale group by account_id order by account_id",
        [user_id],
    )
    return {account: [Symbol(name) for name in symbols] for account, symbols in rows}


def unknown_basis(
    connection: Connection[Any], user_id: UserId, account: str | None = None
) -> list[UnknownBasis]:
    """Return what no trade could take, oldest first: sells without a buy, and rounding."""
    with connection.cursor(row_factory=class_row(UnknownBasis)) as cursor:
        return cursor.execute(
            "select u.key, u.symbol, u.side, u.at, u.quantity, u.proceeds, u.fee,"
            " a.name as account, u.rounding, coalesce(f.margin <> '', false) as margin"
            " from unknown_basis u join account a on a.user_id = u.user_id and a.id = u.account_id"
            " left join fill f on f.key = u.key and f.user_id = u.user_id"
            " and f.account_id = u.account_id"
            " where u.user_id = %s"
            " and (%s::text is null or a.name = %s) order by u.at, u.key",
            [user_id, account, account],
        ).fetchall()


def sold_from_flat(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> set[Symbol]:
    """Return the books that were short, or sold what was never bought."""
    rows = connection.execute(
        "select symbol from unknown_basis where user_id = %(user)s and account_id = %(account)s"
        " and side = 'sell' and quantity > 0 and not rounding"
        " union select symbol from trade where user_id = %(user)s and account_id = %(account)s"
        " and side = 'short'",
        {"user": user_id, "account": account_id},
    )
    return {Symbol(symbol) for (symbol,) in rows}
