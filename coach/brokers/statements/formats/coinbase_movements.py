"""What rows of a Coinbase history that are no trades did to coins.

Newer reports print what left below zero; in older ones Coinbase's word for the row tells. A convert
names what came in its note (`Converted 0.005 BTC to 1.5 SOL`); the newest have a row for it, too,
which tells the same movement. Staking moves coins within the
account and is no movement.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from coach.brokers.base import is_id
from coach.brokers.statements import amounts, pairs
from coach.brokers.statements.formats.coinbase_header import CoinbaseColumns
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import Unreadable
from coach.model.movements import Movement

_LEAVES = re.compile(
    r"send|withdrawal|convert|(?:pro|exchange) deposit|donation|admin debit|card spend|subscription"
)
_STAYS = re.compile(r"retail (?:un)?staking transfer|retail eth2 deprecation|vault withdrawal")
_CONVERTED = re.compile(
    r"\bConverted\s+\S+\s+\w{1,20}\s+to\s+(?P<quantity>[0-9][0-9.,]*(?:[eE]-?[0-9]+)?)\s+(?P<coin>\w{1,20})"
)

ReadTime = Callable[[str, int], Moment]


def movements(
    kind: str, row: list[str], at: CoinbaseColumns, mark: amounts.Mark, read_time: ReadTime
) -> tuple[Movement, ...]:
    """Return what a row did to coins; nothing where its coin or its time cannot be read.

    What left without a readable quantity is told; what came is not, for it would explain nothing.
    """
    if _STAYS.fullmatch(kind):
        return ()
    try:
        coin, (moment, _) = pairs.coin(row[at.asset], at.asset), read_time(row[at.time], at.time)
    except Unreadable:
        return ()
    quantity, leaves = _quantity(row[at.size], at.size, mark), _LEAVES.fullmatch(kind)
    if quantity is None and not leaves:
        return ()
    converted = _converted(row[at.note], at.note, mark, moment) if kind == "convert" else None
    if converted is not None and coin == converted.coin and quantity is not None:
        return (converted._replace(quantity=quantity.copy_abs()),)
    if quantity is not None and leaves:
        quantity = amounts.EXACT.minus(quantity.copy_abs())
    moved = Movement(coin, quantity, moment, reference=_id(row, at))
    return (moved,) if converted is None else (moved, converted)


def _id(row: list[str], at: CoinbaseColumns) -> str:
    text = row[at.id].strip()
    return text if is_id(text) else ""


def _converted(note: str, where: int, mark: amounts.Mark, moment: datetime) -> Movement | None:
    """Return what came by a convert, named by its note and day.

    A newer report has a second row for it, whose note is the same: both name one movement.
    """
    found = _CONVERTED.search(note)
    quantity = _quantity(found["quantity"], where, mark) if found else None
    if found is None or quantity is None:
        return None
    name = f"{found[0]} {moment:%Y-%m-%d}"
    try:
        coin = pairs.coin(found["coin"], where)
    except Unreadable:
        return None
    return Movement(coin, quantity, moment, reference=name)


def _quantity(text: str, where: int, mark: amounts.Mark) -> Decimal | None:
    try:
        return amounts.number(text, where, mark)
    except Unreadable:
        return None
