"""Promises the trader made, and where they were broken."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Annotated, Literal, NewType

from coach.model.events import Json
from coach.model.fills import FillKey
from coach.model.insights import Fact
from coach.model.promises.words import RuleState, SettingName
from coach.model.trades import TradeId
from coach.values import dataclass

RuleId = NewType("RuleId", str)
RuleKind = Annotated[str, "kind of rule"]
"""The name of a kind of rule; engine/rules/kinds/catalogue has them all."""
RuleChange = Literal["added", "changed", "paused", "resumed", "removed"]
"""What happened to a rule, as the event `rule.changed` says it."""
Actor = Literal["user", "system"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise as JSON: kind, params, active.

    `note` is what the trader wants to be told when it matters. Entries at or after `expires_at`
    are not held against it. With `lock_s`, whatever loosens the rule waits so many seconds.
    `revision` counts its changes, from 1; 0 for a rule that was never kept.
    """

    id: RuleId
    kind: RuleKind
    params: Mapping[str, Json]
    active: bool
    note: str = ""
    expires_at: datetime | None = None
    lock_s: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of a rule: all that it said from then on, who changed it and why.

    `parent` is the revision before it (None for the first). `evidence` is what a change by
    calibration rests on, empty where the trader needed none. `input_sha256` is the hash of what
    the change was made from, the parent's own among it: a chain.
    """

    rule: Rule
    state: RuleState
    reason: str
    actor: Actor
    at: datetime
    engine_version: str
    input_sha256: str
    parent: int | None
    evidence: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that a lock holds back: what the rule would say, and when it may.

    The rest is what its revision will carry.
    """

    rule: Rule
    state: RuleState
    reason: str
    asked_at: datetime
    due_at: datetime
    actor: Actor = "user"
    evidence: Mapping[str, Json] = field(default_factory=dict)
    input_sha256: str = ""


@dataclass(frozen=True, slots=True)
class PendingSetting:
    """A change of a setting outside the rules that waits, since it may loosen locked ones.

    `account` is whose equity it is, empty for the zone. `rules` are the locked rules that hold it
    back, `due_at` is when the longest of their locks ends. `was` is the value until then, empty
    where there is none or nobody asked.
    """

    name: SettingName
    account: str
    value: str
    asked_at: datetime
    due_at: datetime
    rules: tuple[RuleId, ...] = ()
    was: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken promise: the trade that broke it, the fills, by how much, at which revision.

    `facts` are those that the kind's module types, as plain JSON.
    """

    rule_id: RuleId
    kind: RuleKind
    trade_id: TradeId
    at: datetime
    fill_keys: tuple[FillKey, ...]
    facts: dict[str, Fact]
    revision: int = 0
