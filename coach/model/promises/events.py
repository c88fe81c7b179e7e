"""What happens to checks and to confidence and may be told."""

from decimal import Decimal
from typing import ClassVar

from coach.model.events import EventType, NewEvent, Stale
from coach.model.fills import Side
from coach.model.promises.checks import CheckId
from coach.model.rules import RuleId
from coach.model.trades import TradeId
from coach.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked(NewEvent):
    """You asked what a trade would break; `broken` names the rules, `confidence` is in percent."""

    type: ClassVar[EventType] = "check.asked"
    stale: ClassVar[tuple[Stale, ...]] = ("checks",)
    check_id: CheckId
    symbol: str
    side: Side
    quantity: Decimal
    broken: tuple[RuleId, ...]
    confidence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceGiven(NewEvent):
    """You said how sure you are that an open trade will close with a profit."""

    type: ClassVar[EventType] = "confidence.given"
    stale: ClassVar[tuple[Stale, ...]] = ("checks",)
    trade_id: TradeId
    confidence: int
