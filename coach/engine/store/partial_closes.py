"""Partial closes as they stand in a trade's row: a list of lists, null where there are none."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from coach.model.fills import FillKey
from coach.model.trades import PartialClose

Stored = list[list[str]] | None


def as_text(parts: Sequence[PartialClose]) -> str:
    """Return partial closes as COPY takes them."""
    if not parts:
        return "\\N"
    return json.dumps(
        [
            [one.at.isoformat(), one.key.hex(), *map(str, (one.quantity, one.gross, one.fees))]
            for one in parts
        ]
    )


def as_read(stored: Stored) -> tuple[PartialClose, ...]:
    """Return partial closes as they were stored."""
    return tuple(
        PartialClose(
            datetime.fromisoformat(at), FillKey(bytes.fromhex(key)), *map(Decimal, amounts)
        )
        for at, key, *amounts in stored or ()
    )
