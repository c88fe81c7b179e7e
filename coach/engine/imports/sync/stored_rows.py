"""Rows of a source as bytes and back: JSON, packed, some rows a part.

No pickle: whoever can write to the database must not be able to run anything here.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from coach.brokers.base import Other, Row
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill
from coach.model.movements import Movement, StatedBalance

ROWS_A_PART = 2_000


def pack(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield parts that hold the rows; one empty part where there are none."""
    source, first = iter(rows), True
    while (block := [_as_json(row) for row in islice(source, ROWS_A_PART)]) or first:
        first = False
        yield zlib.compress(json.dumps(block).encode())


def unpack(parts: Iterable[bytes]) -> Iterator[Row]:
    """Yield the rows that parts hold."""
    for part in parts:
        yield from map(_from_json, json.loads(zlib.decompress(part)))


def _as_json(row: Row) -> list[Any]:
    if isinstance(row, Fill):
        numbers = [str(row.quantity), str(row.price), str(row.fee)]
        when = [row.at.isoformat(), row.nanos]
        ids = [row.order_id, row.native_id, row.line, row.margin]
        return ["fill", row.symbol, row.side, *numbers, row.fee_currency, *when, *ids]
    if isinstance(row, Other):
        return ["other", row.kind, row.line, [_movement_text(one) for one in row.movements]]
    if isinstance(row, StatedBalance):
        when = [row.at.isoformat(), row.wallet, row.line]
        return ["balance", row.coin, str(row.balance), *when]
    named = [row.product, row.at, row.native_id]
    return ["skipped", row.line, row.column, row.reason, *named]


def _from_json(kept: list[Any]) -> Row:
    kind, *values = kept
    if kind == "fill":
        symbol, side, quantity, price, fee, currency, at, *rest = values
        numbers = (Decimal(quantity), Decimal(price), Decimal(fee))
        return Fill(symbol, side, *numbers, currency, datetime.fromisoformat(at), *rest)
    if kind == "other":
        name, line, moved = values
        return Other(name, line, tuple(_movement(*one) for one in moved))
    if kind == "balance":
        coin, balance, at, *rest = values
        return StatedBalance(coin, Decimal(balance), datetime.fromisoformat(at), *rest)
    return SkippedRow(*values)


def _movement_text(one: Movement) -> list[str | None]:
    quantity = None if one.quantity is None else str(one.quantity)
    return [one.coin, quantity, one.at.isoformat(), str(one.fee), one.reference]


def _movement(
    coin: str, quantity: str | None, at: str, fee: str = "0", reference: str = ""
) -> Movement:
    amount = None if quantity is None else Decimal(quantity)
    return Movement(coin, amount, datetime.fromisoformat(at), Decimal(fee), reference)
