"""When each symbol was traded."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.fills import Symbol


class FillSpan(NamedTuple):
    """The first and the last fill of a symbol, in whatever account."""

    symbol: Symbol
    first: datetime
    last: datetime


def spans(connection: Connection[Any], user_id: UserId) -> list[FillSpan]:
    """Return every symbol the user traded, by name."""
    rows = connection.execute(
        "select symbol, min(at), max(at) from fill where user_id = %s and left_out is null"
        " group by symbol order by symbol",
        [user_id],
    )
    return [FillSpan(Symbol(symbol), first, last) for symbol, first, last in rows]
