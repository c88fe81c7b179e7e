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
from coach.model.movements import Movement

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
        moved = [
            [one.coin, None if one.quantity is None else str(one.quantity), one.at.isoformat()]
            for one in row.movements
        ]
        return ["other", row.kind, row.line, moved]
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
    return SkippedRow(*values)


def _movement(coin: str, quantity: str | None, at: str) -> Movement:
    amount = None if quantity is None else Decimal(quantity)
    return Movement(coin, amount, datetime.fromisoformat(at))
