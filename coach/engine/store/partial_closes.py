"""Partial closes as they stand in a trade's row: a list of lists, null where there are none."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from coach.engine.store.copying import copy_text
from coach.model.fills import FillKey
from coach.model.times import iso_text
from coach.model.trades import PartialClose

Stored = list[tuple[str, str, str, str, str, dict[str, str]]] | None


def as_text(parts: Sequence[PartialClose]) -> str:
    """Return partial closes as COPY takes them."""
    if not parts:
        return "\\N"
    text = json.dumps(
        [
            [
                iso_text(one.at),
                one.key.hex(),
                *map(str, (one.quantity, one.gross, one.fees)),
                {coin: str(fee) for coin, fee in one.other_fees.items()},
            ]
            for one in parts
        ]
    )
    return copy_text(text)


def as_read(stored: Stored) -> tuple[PartialClose, ...]:
    """Return partial closes as they were stored."""
    return tuple(
        PartialClose(
            datetime.fromisoformat(at),
            FillKey(bytes.fromhex(key)),
            Decimal(quantity),
            Decimal(gross),
            Decimal(fees),
            {coin: Decimal(fee) for coin, fee in others.items()},
        )
        for at, key, quantity, gross, fees, others in stored or ()
    )
