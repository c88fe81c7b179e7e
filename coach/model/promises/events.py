"""What happens to checks, confidence and commitments and may be told."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from coach.model.events import EventType, NewEvent, Stale
from coach.model.fills import Side
from coach.model.promises.checks import CheckId
from coach.model.promises.commitments import CommitmentId
from coach.model.rules import RuleId
from coach.model.trades import TradeId


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentEvent(NewEvent):
    """Something became of a commitment; its text stands in its breaches and in no other event."""

    stale: ClassVar[tuple[Stale, ...]] = ("commitments", "rules")
    commitment_id: CommitmentId
    rule_id: RuleId | None
    text_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentSigned(CommitmentEvent):
    """You signed a commitment, to be shown when a rule is broken."""

    type: ClassVar[EventType] = "commitment.signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentRemoved(CommitmentEvent):
    """You removed a commitment; it can be restored."""

    type: ClassVar[EventType] = "commitment.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentRestored(CommitmentEvent):
    """You brought a removed commitment back."""

    type: ClassVar[EventType] = "commitment.restored"


PROMISE_EVENTS: Final[tuple[type[NewEvent], ...]] = (
    CheckAsked,
    CommitmentSigned,
    CommitmentRemoved,
    CommitmentRestored,
    ConfidenceGiven,
)
"""These types, in the order of the page of events."""
