"""The fills: which are known, which are new, and in what order a book takes them."""

from collections.abc import Generator, Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.identity import NamedFill, words_of
from coach.engine.store import fee_values
from coach.engine.store.copying import copy_in, copy_text
from coach.engine.store.keys import joined, rows_of
from coach.model.accounts import AccountId, UserId
from coach.model.fills import BookFill, Fill, FillKey, OrderFill, Symbol

if TYPE_CHECKING:
    from array import array
    from datetime import datetime

LINES_A_WRITE = 1_000
"""Few enough for the server to work while the next are made; fewer cost CPU on both sides."""
MANY = 5_000
ROWS_A_FETCH = 1_000
ROWS_OF_A_BOOK = 10_000
ROWS_TO_MATCH = 2_000
COLUMNS = (
    "user_id, account_id, key, run_n, symbol, side, quantity, price, fee, fee_currency,"
    " at, nanos, order_id, native_id, line, rank, margin"
)
SAYS = "symbol, side, quantity, price, fee, fee_currency, at, nanos"
TABS = SAYS.count(",")
"""How many tabs stand between what a fill says."""
BY_CONTENT = 'length(native_id), native_id collate "C", side, price, quantity, key'
ORDER = f"at, nanos, turn, {BY_CONTENT}"
"""One order for a book, never by which import came first. `turn` is where the ledger takes a fill
of an instant that has both sides; it is 0 in all others.
"""
BACKWARDS = (
    'at desc, nanos desc, length(native_id) desc, native_id collate "C" desc, side desc,'
    " price desc, quantity desc, key desc"
)
ANALYZE = (
    "analyze fill (user_id, account_id, key, run_n, symbol, side, fee_currency, at),"
    " fill_version (user_id, account_id, key, run_n, symbol, stands_for),"
    " trade (user_id, account_id, id, symbol, opened_at, closed_at, other_fees)"
)
"""The columns that queries choose rows by: amounts would double the work and are chosen by none."""
SAMPLED = 30
"""The statistics target of that look, 9,000 rows a table; autovacuum looks again at 30,000."""
FIRST_OF_BOOKS = """
with recursive book as (
 (select symbol, at from fill where user_id = %(user)s and account_id = %(account)s
   order by symbol, at limit 1)
 union all
 select next.symbol, next.at from book cross join lateral (
  select symbol, at from fill where user_id = %(user)s and account_id = %(account)s
     and symbol > book.symbol order by symbol, at limit 1) next)
select symbol, at from book
"""
"""Two steps in the index of books for each of them."""
RETIRE = f"""
insert into fill_version ({COLUMNS}, n, stands_for)
select {COLUMNS}, n, winner from fill join {rows_of("loser", "winner")} pair on key = loser
 where user_id = %(user)s and account_id = %(account)s
"""  # noqa: S608 - constant names
TURN = f"""
update fill_version v set stands_for = pair.winner from {rows_of("loser", "winner")} pair
 where v.user_id = %(user)s and v.account_id = %(account)s and v.stands_for = pair.loser
"""  # noqa: S608 - constant names
DROP = f"""
delete from fill f using {rows_of("loser")} gone
 where f.user_id = %(user)s and f.account_id = %(account)s and f.key = gone.loser
"""  # noqa: S608 - constant names


class RunTarget(NamedTuple):
    """Where a run's fills are put: user, account, run number, and the source's rank."""

    user_id: UserId
    account_id: AccountId
    run_n: int
    rank: int


def any_in(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> bool:
    """Return whether the account holds a fill."""
    row = connection.execute(
        "select exists (select from fill where user_id = %s and account_id = %s)",
        [user_id, account_id],
    ).fetchone()
    assert row is not None
    return bool(row[0])


def more_than(connection: Connection[Any], user_id: UserId, count: int) -> bool:
    """Return whether the user has more than so many fills; no more than that are counted."""
    row = connection.execute(
        "select true from fill where user_id = %s offset %s limit 1", [user_id, count]
    ).fetchone()
    return row is not None


def add(connection: Connection[Any], shelf: RunTarget, fills: Iterable[NamedFill]) -> None:
    """Copy new fills in."""
    head = f"{copy_text(shelf.user_id)}\t{shelf.account_id}\t\\\\x"
    run, rank = f"\t{shelf.run_n}\t", f"\t{shelf.rank}\t"
    lines: list[str] = []
    with copy_in(connection, "fill", COLUMNS) as copy:
        for key, words, fill in fills:
            lines.append(
                f"{head}{key.hex()}{run}{_escaped(words, fill)}\t{copy_text(fill.order_id)}"
                f"\t{copy_text(fill.native_id)}"
                f"\t{fill.line}{rank}{fill.margin}\n"
            )
            if len(lines) >= LINES_A_WRITE:
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))


def _escaped(words: str, fill: Fill) -> str:
    """Return a fill's words as COPY's text format wants them.

    A coin's name holds nothing to escape; this is the last guard of the table against one that
    does.
    """
    if words.count("\t") == TABS and not _needs_escape(words):
        return words
    symbol, currency = Symbol(copy_text(fill.symbol)), copy_text(fill.fee_currency)
    return words_of(fill._replace(symbol=symbol, fee_currency=currency))


def _needs_escape(words: str) -> bool:
    return "\\" in words or "\n" in words or "\r" in words


def tell_planner(connection: Connection[Any], new: int) -> None:
    """Let PostgreSQL know how full the tables are; what it never looked at it searches badly."""
    row = connection.execute(
        "select bool_or(reltuples < 0) from pg_class where oid in ('fill'::regclass,"
        " 'fill_version'::regclass, 'trade'::regclass)"
    ).fetchone()
    assert row is not None
    if row[0] or new >= MANY:
        with connection.transaction():
            connection.execute(f"set local default_statistics_target = {SAMPLED}")
            connection.execute(ANALYZE)


def see(connection: Connection[Any], shelf: RunTarget, rows: "array[int]") -> None:
    """Note that the run holds these stored readings too, so that undoing another keeps them."""
    connection.execute(
        "update run set seen = coalesce((select range_agg(int8range(n, n, '[]'))"
        " from unnest(%s::bigint[]) n), '{}') where user_id = %s and n = %s",
        [rows.tolist(), shelf.user_id, shelf.run_n],
    )


def retire(connection: Connection[Any], shelf: RunTarget, winners: dict[FillKey, FillKey]) -> None:
    """Move stored fills to the versions, each standing for the key that took its place."""
    facts = {
        "loser": joined(winners),
        "winner": joined(winners.values()),
        "user": shelf.user_id,
        "account": shelf.account_id,
    }
    for statement in (RETIRE, TURN, DROP):
        connection.execute(statement, facts)


def first_of_run(connection: Connection[Any], shelf: RunTarget) -> "dict[Symbol, datetime]":
    """Return the symbols in which the run put a fill, each with the time of its first."""
    rows = connection.execute(
        "select symbol, min(at) from fill where user_id = %s and account_id = %s and run_n = %s"
        " group by symbol order by symbol",
        [shelf.user_id, shelf.account_id, shelf.run_n],
    )
    return {Symbol(symbol): first for symbol, first in rows}


def first_of_books(connection: Connection[Any], shelf: RunTarget) -> "dict[Symbol, datetime]":
    """Return each symbol in which the account has a fill, with the time of the first."""
    facts = {"user": shelf.user_id, "account": shelf.account_id}
    return {Symbol(symbol): at for symbol, at in connection.execute(FIRST_OF_BOOKS, facts)}


def symbols_of(connection: Connection[Any], user_id: UserId, account_id: AccountId) -> list[Symbol]:
    """Return every symbol that the account holds fills or trades in."""
    rows = connection.execute(
        "select symbol from fill where user_id = %(user)s and account_id = %(account)s"
        " union select symbol from book where user_id = %(user)s and account_id = %(account)s"
        " order by symbol",
        {"user": user_id, "account": account_id},
    )
    return [Symbol(symbol) for (symbol,) in rows]


def in_book(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, symbol: Symbol
) -> Iterator[BookFill]:
    """Yield the fills of one book in their order; streams, the connection is busy meanwhile.

    A fee in a third coin that is valued stands at its value in the quote currency.
    """
    values = fee_values.by_fill(connection, user_id, account_id, [symbol])
    with connection.cursor() as cursor:
        rows = cursor.stream(
            "select key, side, quantity, price, fee, fee_currency, at, order_id, margin from fill"  # noqa: S608 - constant
            " where user_id = %s and account_id = %s and symbol = %s and left_out is null"
            f" order by {ORDER}",
            [user_id, account_id, symbol],
            size=ROWS_A_FETCH,
        )
        fills = map(BookFill._make, rows)
        if not values:
            yield from fills
        for fill in fills:
            yield fee_values.with_value(fill, symbol, values.get((account_id, fill.key)))


class StoredFill(NamedTuple):
    """A fill of a book with what tells its order within its instant, and the turn it has."""

    fill: BookFill
    nanos: int
    native_id: str
    turn: int


def to_match(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbol: Symbol,
    after: "datetime | None" = None,
) -> Generator[StoredFill]:
    """Yield the fills of one book after a moment (None: all) by time and content.

    Streams within the transaction.
    """
    with connection.cursor(name="to_match", binary=True) as cursor:
        cursor.itersize = ROWS_TO_MATCH
        cursor.execute(
            "select key, side, quantity, price, fee, fee_currency, at, order_id, margin, nanos,"  # noqa: S608 - constant
            " native_id, turn from fill where user_id = %s and account_id = %s and symbol = %s"
            " and left_out is null"
            f" and (%s::timestamptz is null or at > %s) order by at, nanos, {BY_CONTENT}",
            [user_id, account_id, symbol, after, after],
        )
        for *fill, nanos, native_id, turn in cursor:
            yield StoredFill(BookFill._make(fill), nanos, native_id, turn)


def ids_until(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbol: Symbol,
    last: "datetime",
    most: int,
) -> list[str]:
    """Return the ids of the last fills of a book up to a moment, in the order of `to_match`."""
    rows = connection.execute(
        "select native_id from (select * from fill where user_id = %s and account_id = %s"  # noqa: S608 - constant
        f" and symbol = %s and at <= %s and left_out is null order by {BACKWARDS} limit %s) newest"
        f" order by at, nanos, {BY_CONTENT}",
        [user_id, account_id, symbol, last, most],
    )
    return [native_id for (native_id,) in rows]


def set_turns(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, turns: dict[FillKey, int]
) -> None:
    """Keep in which turn the ledger takes these fills of their instants."""
    connection.execute(
        "update fill f set turn = wanted.turn"
        " from unnest(%(keys)s::bytea[], %(turns)s::integer[]) as wanted (key, turn)"
        " where f.key = wanted.key and f.user_id = %(user)s and f.account_id = %(account)s",
        {
            "keys": [*turns],
            "turns": [*turns.values()],
            "user": user_id,
            "account": account_id,
        },
    )


SINCE_STARTS = """
  from fill join unnest(%(symbols)s::text[], %(starts)s::bigint[])
                 with ordinality as wanted (name, start_us, place)
    on symbol = name and at >= 'epoch'::timestamptz + start_us * interval '1 microsecond'
 where user_id = %(user)s and at < 'epoch'::timestamptz + %(until)s * interval '1 microsecond'
   and left_out is null
"""
REACHING = f"""
select account_id, symbol, key, side, quantity, price, fee, fee_currency, at, order_id, margin
{SINCE_STARTS}
 order by account_id, symbol, {ORDER}
"""
FOR_ORDERS = f"""
select account_id, place, key, side, quantity::float8, price::float8, at, order_id, margin
{SINCE_STARTS}
 order by account_id, place, {ORDER}
"""
"""Books by their number: to compare names of symbols takes a fifth of what the server does."""


def reaching(
    connection: Connection[Any], user_id: UserId, starts: dict[str, int], until_us: int
) -> Iterator[tuple[AccountId, Symbol, BookFill]]:
    """Yield the fills of these symbols since their starts, book by book in book order.

    Times are microseconds since 1970 UTC. One reading; streams within the transaction. A fee in a
    third coin that is valued stands at its value in the quote currency.
    """
    values = fee_values.by_fill(connection, user_id, None, [Symbol(name) for name in starts])
    with connection.cursor(name="reaching", binary=True) as cursor:
        cursor.execute(REACHING, _since(user_id, starts, until_us))
        while rows := cursor.fetchmany(ROWS_OF_A_BOOK):
            for account_id, symbol, *fill in rows:
                found = BookFill._make(fill)
                if values:
                    value = values.get((account_id, found.key))
                    found = fee_values.with_value(found, symbol, value)
                yield account_id, symbol, found


def for_orders(
    connection: Connection[Any], user_id: UserId, starts: dict[str, int], until_us: int
) -> Iterator[tuple[AccountId, Symbol, list[OrderFill]]]:
    """Yield the books of these symbols with their fills since the starts, in book order.

    PostgreSQL rounds to the nearest float, as Python does, in a third of the time. Times are
    microseconds since 1970 UTC. One reading; streams within the transaction.
    """
    symbols = list(map(Symbol, starts))
    with connection.cursor(name="for_orders", binary=True) as cursor:
        cursor.execute(FOR_ORDERS, _since(user_id, starts, until_us))
        blocks = iter(lambda: cursor.fetchmany(ROWS_OF_A_BOOK), [])
        for (account_id, place), rows in groupby(chain.from_iterable(blocks), itemgetter(0, 1)):
            yield account_id, symbols[place - 1], [OrderFill._make(row[2:]) for row in rows]


def _since(user_id: UserId, starts: dict[str, int], until_us: int) -> dict[str, object]:
    return {
        "user": user_id,
        "symbols": list(starts),
        "starts": list(starts.values()),
        "until": until_us,
    }


def reach(
    connection: Connection[Any], user_id: UserId, until: "datetime | None"
) -> "tuple[int, datetime | None, datetime | None]":
    """Return how many fills there are before `until` (None: ever), the first and the last time."""
    row = connection.execute(
        "select count(*), min(at), max(at) from fill where user_id = %(user)s and left_out is null"
        " and (%(until)s::timestamptz is null or at < %(until)s)",
        {"user": user_id, "until": until},
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]
