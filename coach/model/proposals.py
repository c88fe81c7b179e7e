"""Changes of rules that calibration found, until the trader has decided."""

from datetime import datetime
from typing import Literal

from coach.model.events import Json
from coach.model.rules import Actor, RuleId, RuleKind
from coach.values import dataclass

ProposalState = Literal["open", "accepted", "dismissed", "expired"]
ProposalKind = Literal["move", "mute", "rollback"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change with its evidence: `param` from `was` to `now`, or a rule to be muted.

    `asked` and `answered` are the bytes of the case and of the decision: whoever computes the
    case again gets the decision. `revision` is the rule's when it was made. `actor` is who
    accepted it. While `waits`, the lock of the rule holds it back.
    """

    id: str
    rule_id: RuleId
    rule_kind: RuleKind
    revision: int
    kind: ProposalKind
    param: str
    was: Json
    now: Json
    sentence: str
    asked: str
    answered: str
    state: ProposalState
    made_at: datetime
    decided_at: datetime | None = None
    actor: Actor | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class CalibrationState:
    """What is remembered of calibrating a rule: whether it may move by itself, and the last look.

    `state` is that of the arithmetic as JSON, None before the first look; `revision` the newest
    of the rule that it knows of. `week`, `asked` and `answered` are of the last look, empty
    before it.
    """

    rule_id: RuleId
    auto: bool = False
    state: dict[str, Json] | None = None
    revision: int = 0
    week: str = ""
    asked: str = ""
    answered: str = ""
