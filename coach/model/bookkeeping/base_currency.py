"""Money of several currencies told in one: the base currency of a user."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.model.candles import Granularity
from coach.model.fees import CandleClose
from coach.model.fills import Symbol
from coach.values import dataclass

NO_BASE = ""
"""The base currency of a user who has chosen none: every sum is told in its own currency."""
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class MoneySums:
    """Realised money in one currency: `net` = `gross` - `fees`; of how many closing fills."""

    gross: Decimal = NOTHING
    fees: Decimal = NOTHING
    net: Decimal = NOTHING
    closes: int = 0


@dataclass(frozen=True, slots=True)
class RateUse:
    """The candles of one pair, source and length that money was converted by, first to last."""

    symbol: Symbol
    source: str
    granularity: Granularity
    candles: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class BaseSums:
    """What was realised, told in `currency`, each close by the candle that contains it.

    `left` are the sums by currency of what no stored candle converts: they are in no other number
    here. `rates` name the candles that were used.
    """

    currency: str
    sums: MoneySums = field(default_factory=MoneySums)
    left: Mapping[str, MoneySums] = field(default_factory=dict)
    rates: tuple[RateUse, ...] = ()


class HeldPosition(NamedTuple):
    """How much of a position is held, below zero for a short."""

    account: str
    symbol: Symbol
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PositionWorth:
    """An open position at the newest stored candles, in a base currency; None without candles."""

    position: HeldPosition
    currency: str
    value: Decimal | None
    candles: tuple[CandleClose, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseProfit:
    """Realised money and open positions in a base currency.

    `of_open` is the part of `realised` that belongs to trades which are still open, `worth` what
    the positions come to that have a value.
    """

    realised: BaseSums
    of_open: BaseSums
    positions: tuple[PositionWorth, ...] = ()
    worth: Decimal | None = None
