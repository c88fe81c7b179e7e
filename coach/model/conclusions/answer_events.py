"""What the trader says of trades and declares, and may be told."""

from typing import ClassVar, Literal

from coach.model.events import CONCLUSIONS, RULES, EventType, NewEvent, Stale
from coach.model.labels import Answer
from coach.model.plans import PlanKind
from coach.model.trades import TradeId
from coach.values import dataclass

PlanChange = Literal["added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGiven(NewEvent):
    """You said whether a trade was that habit."""

    type: ClassVar[EventType] = "label.given"
    stale: ClassVar[tuple[Stale, ...]] = ("labels",)
    trade_id: TradeId
    bias: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRemoved(NewEvent):
    """You took back what you said of a trade, so that nothing is said of it."""

    type: ClassVar[EventType] = "label.removed"
    stale: ClassVar[tuple[Stale, ...]] = ("labels",)
    trade_id: TradeId
    bias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(NewEvent):
    """You declared a plan, or dropped one; all conclusions were drawn again."""

    type: ClassVar[EventType] = "plan.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("plans", *CONCLUSIONS)
    plan_id: str
    kind: PlanKind
    what: PlanChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChanged(NewEvent):
    """You set your time zone, so that your days and weeks are cut elsewhere."""

    type: ClassVar[EventType] = "zone.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("coverage", "digests", "findings", *RULES, "zone")
    was: str
    now: str
