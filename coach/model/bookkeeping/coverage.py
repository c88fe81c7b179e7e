"""What of an account's trading is held, from where, and what seems to be missing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from coach.model.fills import Symbol

MissingKind = Literal["purchases", "months", "unread"]
"""Sales of more than is held; months without a row; what the broker did not let coach read."""


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """Days from the first to the last with a fill, how many fills, and the ids of the imports."""

    since: date
    until: date
    fills: int
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoveringImport:
    """An import that brought fills of a symbol: how many, and on which days."""

    run_id: str
    source: str
    label: str
    since: date
    until: date
    fills: int


@dataclass(frozen=True, slots=True)
class MissingPeriod:
    """Days of which rows are missing, or may be; None where it is not known since when.

    `quantity` is how much more was sold than held, `count` how many sales did so, or at how many
    days trades would have been expected. `reason` is what a broker answered.
    """

    kind: MissingKind
    since: date | None
    until: date | None
    quantity: Decimal = Decimal(0)
    count: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SymbolCoverage:
    """The record of one symbol in one account. `connected` names a broker that is read."""

    account: str
    broker: str
    connected: bool
    symbol: Symbol
    fills: int
    left_out: int
    held: tuple[HeldPeriod, ...]
    imports: tuple[CoveringImport, ...]
    missing: tuple[MissingPeriod, ...]
