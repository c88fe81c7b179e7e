"""What becomes of proposals to change a rule and may be told."""

from typing import ClassVar

from coach.model.events import EventType, Json, NewEvent, Stale
from coach.model.proposals import ProposalKind
from coach.model.rules import Actor, RuleId
from coach.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _ProposalEvent(NewEvent):
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")
    rule_id: RuleId
    proposal_id: str
    kind: ProposalKind
    param: str
    was: Json
    now: Json
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposed(_ProposalEvent):
    """Your answers speak for a change of a rule that waits for you."""

    type: ClassVar[EventType] = "rule.proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDismissed(_ProposalEvent):
    """You left a rule as it is, against a proposal."""

    type: ClassVar[EventType] = "rule.dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _DecidedEvent(_ProposalEvent):
    actor: Actor
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMoved(_DecidedEvent):
    """A threshold moved: accepted by you, or by coach where you let it."""

    type: ClassVar[EventType] = "rule.moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMuted(_DecidedEvent):
    """You accepted that a rule be paused."""

    type: ClassVar[EventType] = "rule.muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRolledBack(_DecidedEvent):
    """Newer answers turned against a move, and coach took it back."""

    type: ClassVar[EventType] = "rule.rolled_back"
