"""What happens to single fills and may be told."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

from coach.model.events import BOOKS, EventType, NewEvent, Stale
from coach.model.fills import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class FillEvent(NewEvent):
    """Something became of a fill; `fill_id` is its key in hexadecimal digits."""

    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    fill_id: str
    account: str
    symbol: str
    side: Side
    quantity: Decimal
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillLeftOut(FillEvent):
    """You left a fill out: it counts for nothing, and stays out when it is imported again."""

    type: ClassVar[EventType] = "fill.left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillTakenBack(FillEvent):
    """You took a fill back that you had left out: it counts again."""

    type: ClassVar[EventType] = "fill.taken_back"


FILL_EVENTS: Final[tuple[type[NewEvent], ...]] = (FillLeftOut, FillTakenBack)
"""These types, in the order of the page of events."""
