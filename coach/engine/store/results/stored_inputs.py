"""What conclusions are drawn from, by hash: read in a few rows, without the history itself.

The fills of a book have their hash beside the book, written when its trades are. Everything else
is read as it stands. Each value is plain JSON.
"""

from dataclasses import asdict
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.promises import plans, questions
from coach.model.accounts import UserId
from coach.model.plain import time_text

BOOKS = """
select a.name, a.shorts, b.symbol, bool_or(b.stale), max(h.fills_sha256)
  from book b join account a on a.user_id = b.user_id and a.id = b.account_id
  left join book_hash h on h.user_id = b.user_id and h.account_id = b.account_id
       and h.symbol = b.symbol
 where b.user_id = %s group by a.name, a.shorts, b.symbol order by a.name, b.symbol
"""
PLANS = """
select id, kind, params::text, extract(epoch from created_at)::text from plan
 where user_id = %s order by created_at, id
"""
RULES = """
select id, kind, params::text, active, extract(epoch from expires_at)::text, revision from rule
 where user_id = %s order by created_at, id
"""
CANDLES = """
select string_agg(concat_ws(' ', symbol, granularity_s, source, week, sha256), chr(10)
       order by symbol, granularity_s, source, week)
  from candle_week where user_id = %s
"""
MOVEMENTS = """
select string_agg(concat_ws(' ', account_id, encode(key, 'hex'), case when aside then '-' end),
       chr(10) order by account_id, key, run_n)
  from movement where user_id = %s
"""


class StoredSurroundings(NamedTuple):
    """Everything beside the books that conclusions are drawn from, but for the zone and code."""

    plans: list[list[object]]
    answers: list[list[object]]
    equity: str
    rules: list[list[object]]
    candles: str
    movements: str

    @property
    def kinds(self) -> list[str]:
        """The kinds of the rules, each once."""
        return sorted({str(kind) for _, kind, *_ in self.rules})


def book_hashes(connection: Connection[Any], user_id: UserId) -> list[list[object]] | None:
    """Return each book's account, symbol and hash; None where one has none.

    A book that an earlier coach matched has none until it is matched anew.
    """
    found = [list(row) for row in connection.execute(BOOKS, [user_id])]
    return None if any(sha256 is None for *_, sha256 in found) else found


def surroundings(
    connection: Connection[Any], user_id: UserId, *, candles: bool
) -> StoredSurroundings:
    """Return what stands beside the books; `candles` says whether candles can be seen at all."""
    equity = plans.equity(connection, user_id)
    return StoredSurroundings(
        plans=[list(row) for row in connection.execute(PLANS, [user_id])],
        answers=[
            [one.bias, asdict(one.reason), one.answer, time_text(one.as_of)]
            for one in questions.answers(connection, user_id)
        ],
        equity="" if equity is None else str(equity),
        rules=[list(row) for row in connection.execute(RULES, [user_id])],
        candles=_text(connection, CANDLES, user_id) if candles else "",
        movements=_text(connection, MOVEMENTS, user_id),
    )


def _text(connection: Connection[Any], query: str, user_id: UserId) -> str:
    row = connection.execute(query, [user_id]).fetchone()
    return "" if row is None or row[0] is None else str(row[0])
