"""The order of the rows of each import, where it may decide between fills of one instant.

A row is kept by what it says, so it stands whatever becomes of the fill's key, and is removed when
its import is undone. `place` counts from the oldest row of the source to the newest; `edge` is as
in `ledger.row_order`.
"""

from collections.abc import Generator
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.row_order import Edge, RowOrder
from coach.engine.store.copying import copy_in, copy_text
from coach.engine.store.fills import SAYS, TABS, RunTarget
from coach.model.accounts import AccountId, UserId
from coach.model.fills import Side, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coach.engine.ledger.row_order import PlacedRow

ROWS_A_FETCH = 2_000
MANY = 5_000
COLUMNS = f"user_id, account_id, run_n, edge, place, {SAYS}, native_id"


def add(connection: Connection[Any], shelf: RunTarget, order: RowOrder) -> None:
    """Store the order of a source's rows once all are read; it has none without a direction."""
    direction = order.end()
    if not direction:
        return
    head = f"{copy_text(shelf.user_id)}\t{shelf.account_id}\t{shelf.run_n}\t"
    sign = "" if direction > 0 else "-"
    edges = order.edges()
    rows: Iterable[tuple[Edge, PlacedRow]] = chain(((0, row) for row in order.tied), edges)
    with copy_in(connection, "row_order", COLUMNS) as copy:
        for edge, (place, words, native_id) in rows:
            if words.count("\t") == TABS and not any(sign in words for sign in "\\\n\r"):
                copy.write(f"{head}{edge}\t{sign}{place}\t{words}\t{copy_text(native_id)}\n")
    if len(order.tied) >= MANY:
        connection.execute("analyze row_order")


class OrderedRow(NamedTuple):
    """A row of one run, in the book and instant that it is of."""

    at: datetime
    nanos: int
    run_n: int
    edge: Edge
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    native_id: str


def in_book(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbol: Symbol,
    after: datetime | None = None,
) -> Generator[OrderedRow]:
    """Yield the rows of a book after a moment (None: all) by time, run and place.

    Streams within the transaction.
    """
    with connection.cursor(name="row_order", binary=True) as cursor:
        cursor.itersize = ROWS_A_FETCH
        cursor.execute(
            "select at, nanos, run_n, edge, side, quantity, price, fee, native_id from row_order"
            " where user_id = %s and account_id = %s and symbol = %s"
            " and (%s::timestamptz is null or at > %s)"
            " order by at, nanos, run_n, edge, place",
            [user_id, account_id, symbol, after, after],
        )
        yield from map(OrderedRow._make, cursor)


NEW_ORDER = """
with mine as (
  select distinct symbol, at, nanos, edge from row_order m
   where m.user_id = %(user)s and m.account_id = %(account)s and m.run_n = %(run)s),
rows_of_instant as (
  select o.run_n, symbol, at, nanos, edge,
         array_agg((o.side, o.quantity, o.price, o.fee, o.native_id)::text order by o.place) as rows
    from row_order o join mine using (symbol, at, nanos, edge)
   where o.user_id = %(user)s and o.account_id = %(account)s
   group by o.run_n, symbol, at, nanos, edge),
fresh as (
  select symbol, at, nanos from rows_of_instant group by symbol, at, nanos, edge, rows
  having array_agg(run_n) = array[%(run)s::bigint])
select distinct symbol from fresh
 where (select min(f.side) <> max(f.side) from fill f
         where f.user_id = %(user)s and f.account_id = %(account)s and f.symbol = fresh.symbol
           and f.at = fresh.at and f.nanos = fresh.nanos)
"""


def reordered_books(connection: Connection[Any], shelf: RunTarget) -> set[Symbol]:
    """Return the books that have an instant of both sides in which only this run has these rows."""
    facts = {
        "user": shelf.user_id,
        "account": shelf.account_id,
        "run": shelf.run_n,
    }
    return {Symbol(symbol) for (symbol,) in connection.execute(NEW_ORDER, facts)}


def forget(connection: Connection[Any], shelf: RunTarget) -> set[Symbol]:
    """Drop the rows of a run; return the books that have an instant in which only it had these."""
    symbols = reordered_books(connection, shelf)
    connection.execute(
        "delete from row_order where user_id = %s and account_id = %s and run_n = %s",
        [shelf.user_id, shelf.account_id, shelf.run_n],
    )
    return symbols
