"""What was open, and what had been lost last, at the moment of an entry."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.trades import TradeId


@dataclass(frozen=True, slots=True)
class OpenBeside:
    """A trade that was open at a moment, and what its entries cost in all."""

    id: TradeId
    symbol: str
    notional: Decimal


def last_loss(connection: Connection[Any], user_id: UserId, before: datetime) -> datetime | None:
    """Return when the last trade that lost was closed before that moment."""
    row = connection.execute(
        "select closed_at from trade where user_id = %s and closed_at < %s"
        " and net < 0 and -net >= fees order by closed_at desc limit 1",
        [user_id, before],
    ).fetchone()
    found: datetime | None = row and row[0]
    return found


def open_at(connection: Connection[Any], user_id: UserId, at: datetime) -> list[OpenBeside]:
    """Return the trades that had been opened before that moment and were still open."""
    rows = connection.execute(
        "select id, symbol, entry_notional from trade where user_id = %s and opened_at < %s"
        " and (closed_at is null or closed_at > %s) order by opened_at, id",
        [user_id, at, at],
    )
    return [OpenBeside(TradeId(name), symbol, notional) for name, symbol, notional in rows]
