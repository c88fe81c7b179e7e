"""What is concluded about habits and may be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from coach.model.events import EventType, NewEvent, Stale
from coach.model.insights import Fact
from coach.model.plans import QuestionReply
from coach.model.reasons import Level, ReasonKind
from coach.model.traits import WithdrawalReason
from coach.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasTagged(NewEvent):
    """Trades were tagged with a habit: how many, and the newest twenty of them."""

    type: ClassVar[EventType] = "bias.tagged"
    stale: ClassVar[tuple[Stale, ...]] = ("findings", "status", "tags", "trades")
    bias: str
    formula: str
    count: int
    trade_ids: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _TraitEvent(NewEvent):
    bias: str
    level: Level
    score: float | None
    effect: float | None
    interval: tuple[float, float] | None
    unit: str
    n: int
    evidence: str | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitAnnounced(_TraitEvent):
    """The evidence of a habit stands and no rule explains it: it is announced, once."""

    type: ClassVar[EventType] = "trait.announced"
    stale: ClassVar[tuple[Stale, ...]] = ("findings",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitWithdrawn(_TraitEvent):
    """A habit that was announced no longer stands, for a reason."""

    type: ClassVar[EventType] = "trait.withdrawn"
    stale: ClassVar[tuple[Stale, ...]] = ("findings",)
    reason: WithdrawalReason
    announced: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(NewEvent):
    """A habit has evidence and a rule of yours may explain it: coach asks, and claims nothing."""

    type: ClassVar[EventType] = "question.asked"
    stale: ClassVar[tuple[Stale, ...]] = ("questions", "status")
    question_id: str
    bias: str
    reason: ReasonKind
    sentence: str
    n: int
    share: float
    typical: float | None
    quartiles: tuple[float, float] | None
    unit: str
    facts: Mapping[str, Fact]
    times: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(NewEvent):
    """You answered whether a rule is yours, or took the answer back (`undone`)."""

    type: ClassVar[EventType] = "question.answered"
    stale: ClassVar[tuple[Stale, ...]] = ("findings", "questions", "status")
    question_id: str
    bias: str
    reason: ReasonKind
    answer: QuestionReply
    as_of: datetime
