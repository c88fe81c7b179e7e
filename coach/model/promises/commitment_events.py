"""What happens to commitments and may be told."""

from typing import ClassVar

from coach.model.events import EventType, NewEvent, Stale
from coach.model.promises.commitments import CommitmentId
from coach.model.rules import RuleId
from coach.values import dataclass


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
